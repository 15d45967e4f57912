import { contextFor } from "../graph/evaluate.ts";
import { isGraph } from "../graph/graph.ts";
import type { EvalContext, Op } from "../graph/op.ts";
import { checkResult } from "../graph/result-bytes.ts";
import type { Type } from "../graph/type.ts";
import { formatType } from "../graph/type.ts";
import { cursorRecord } from "../ir/driver-layout.ts";
import type { BoundPlan, BoundStep } from "../plan/bound-plan.ts";
import { hasKnownSize } from "../plan/known-size.ts";
import type { PlanStep, PlanValue } from "../plan/plan.ts";
import type { Datum } from "../tensor/datum.ts";
import { isTensor } from "../tensor/datum.ts";
import type { DType } from "../tensor/dtype.ts";
import { bytesFor, dtypes } from "../tensor/dtype.ts";
import { invariant, within } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount, storageLength } from "../tensor/tensor.ts";
import type { BodyRunner } from "./body-runner.ts";
import type { KernelHost } from "./kernel-host.ts";
import type { PreparedPlan } from "./kernel-session.ts";
import { stepFailure } from "./step-failure.ts";

/** One finished step, as `onStep` sees it. The outputs are valid only during the call. */
export interface StepReport {
  /** The plan's step whose results these are. */
  readonly index: number;
  /** The schedule that ran it, or "eval". */
  readonly kernel: string;
  /** The operator; several joined by + where one kernel did them. */
  readonly op: string;
  /** The ONNX node that the step comes from. */
  readonly origin: string;
  readonly ms: number;
  readonly outputs: readonly (Datum | undefined)[];
  /** Why no kernel ran it. */
  readonly reasons: readonly string[];
  /** Arithmetic of the kernels that ran it; undefined for `eval`. */
  readonly flops: number | undefined;
  /** Bytes that those kernels read and write at least; undefined for `eval`. */
  readonly bytes: number | undefined;
}

/**
 * Where the values of a run lie: a buffer that may be replaced when it grows, and the address of the arena in it.
 * @internal
 */
export interface RunMemory {
  readonly buffer: ArrayBufferLike;
  readonly base: number;
  /** What runs the steps that have launches. */
  readonly kernels?: { readonly host: KernelHost; readonly prepared: PreparedPlan } | undefined;
}

/** @internal */
export interface ExecuteOptions {
  readonly resolveOp: (name: string) => Op;
  readonly maxArenaBytes: number;
  /** Throws when the run was cancelled or is over its time. */
  readonly poll: () => void;
  /** Runs bodies of control flow on kernels, where there are kernels. */
  readonly bodies?: BodyRunner | undefined;
  readonly onStep?: ((report: StepReport) => void) | undefined;
  /** True when a run over the same bound plan came to its end: operands of symbolic types are then known to fit. */
  readonly isProven?: boolean;
}

/**
 * Runs a bound plan over its memory, a step or a slice of one at a time: a generator, so that the caller decides when to let others run. The
 * outputs that it returns never lie in that memory.
 * @internal
 */
export function* execute(
  bound: BoundPlan,
  memory: RunMemory,
  inputs: readonly Datum[],
  options: ExecuteOptions,
): Generator<undefined, Datum[]> {
  const run = new Run(bound, memory, inputs, options);
  for (let at = 0; at < bound.steps.length; ) {
    const end = run.segmentEnd(at);
    if (end === at) run.evaluate(at);
    else {
      for (run.enter(at, end); !run.advance(); ) yield undefined;
      if (run.hasFault(end - 1)) run.evaluate(end - 1);
    }
    run.finish(at, Math.max(end, at + 1));
    at = Math.max(end, at + 1);
    yield undefined;
  }
  return run.outputs();
}

/** Calls of kernels, of some 50 us each, between two looks at the clock. */
const callsPerSlice = 20;

class Run {
  readonly #bound: BoundPlan;
  readonly #memory: RunMemory;
  readonly #inputs: readonly Datum[];
  /** What does not lie in the arena, and for the eval target views of what does. */
  readonly #data: (Datum | undefined)[];
  readonly #options: ExecuteOptions;
  readonly #context: EvalContext;
  #start = 0;
  /** Where the segment ends that kernels are running. */
  #segmentEnd = 0;

  constructor(bound: BoundPlan, memory: RunMemory, inputs: readonly Datum[], options: ExecuteOptions) {
    this.#bound = bound;
    this.#memory = memory;
    this.#inputs = inputs;
    this.#options = options;
    const context = contextFor(bound.bindings, { poll: options.poll, maxBytes: options.maxArenaBytes });
    this.#context = {
      ...context,
      run: (body, given) =>
        options.bodies?.run(body, given, { options, bindings: bound.bindings }) ?? context.run(body, given),
    };
    this.#data = bound.plan.values.map(({ storage }, i) =>
      storage.kind === "constant" ? storage.tensor : bound.literals.get(i),
    );
    bound.plan.inputs.forEach(({ value }, i) => {
      const datum = inputs[i];
      const offset = bound.offsets[value] as number;
      this.#data[value] = offset >= 0 && datum && isTensor(datum) ? this.#copyTo(datum, offset) : datum;
    });
  }

  /** One past the last step that kernels do together with this one, in one call of the driver, as far as the next that can fail; the step itself when `eval` does it. */
  segmentEnd(at: number): number {
    const { steps } = this.#bound;
    let end = at;
    while (steps[end]?.launches !== undefined) {
      end++;
      if (this.#options.onStep || steps[end - 1]?.launches?.fault) break;
    }
    return end;
  }

  /** Points the cursor at the launches of a segment. */
  enter(at: number, end: number): void {
    this.#options.poll();
    this.#start = performance.now();
    const { launches, cursor } = this.#kernels.prepared;
    const [first] = launches[at] as readonly [number, number];
    [, this.#segmentEnd] = launches[end - 1] as readonly [number, number];
    const view = new DataView(this.#memory.buffer);
    view.setInt32(cursor + cursorRecord.step, first, true);
    view.setInt32(cursor + cursorRecord.item, 0, true);
    view.setInt32(cursor + cursorRecord.abort, 0, true);
  }

  /** Runs kernels for a slice of time. True when the segment is done. */
  advance(): boolean {
    const { host, prepared } = this.#kernels;
    const { table, cursor } = prepared;
    this.#options.poll();
    const before = new DataView(this.#memory.buffer);
    before.setInt32(cursor + cursorRecord.budget, callsPerSlice, true);
    host.run(table, this.#segmentEnd, cursor);
    return new DataView(this.#memory.buffer).getInt32(cursor + cursorRecord.step, true) >= this.#segmentEnd;
  }

  /** Whether the kernels of a step that are done met operands which they cannot take. */
  hasFault(at: number): boolean {
    const { launches, temporaries } = this.#bound.steps[at] as BoundStep;
    if (launches?.fault === undefined) return false;
    const { temporary, words } = launches.fault;
    const { buffer, base } = this.#memory;
    return new Int32Array(buffer, base + (temporaries[temporary] as number), words).some((word) => word !== 0);
  }

  get #kernels(): { readonly host: KernelHost; readonly prepared: PreparedPlan } {
    const { kernels } = this.#memory;
    invariant(kernels !== undefined, "a step has launches, but nothing runs kernels.");
    return kernels;
  }

  /** Runs a step by its operator's `eval`. */
  evaluate(at: number): void {
    const { plan, steps } = this.#bound;
    const step = plan.steps[(steps[at] as BoundStep).at] as PlanStep;
    const { poll, resolveOp } = this.#options;
    poll();
    this.#start = performance.now();
    const held = step.inputs.map((input) => (input < 0 ? undefined : this.#datum(input)));
    const inputs = hasBody(step) ? held.map((datum) => datum && detached(datum, this.#memory.buffer)) : held;
    const result = within(`${step.op} "${step.origin}"`, () => this.#evaluate(step, resolveOp(step.op), inputs));
    const results = step.tuple ? (result as readonly Datum[]) : [result];
    step.outputs.forEach((output, i) => {
      if (output >= 0) this.#place(step, output, results[i] as Datum);
    });
  }

  /** Reports steps that are done, and lets go of what they used last. */
  finish(at: number, end: number): void {
    const { steps, plan } = this.#bound;
    for (let i = at; i < end; i++) this.#release(i);
    const { onStep } = this.#options;
    if (onStep === undefined) return;
    const ms = performance.now() - this.#start;
    const { at: index, kernel, covers, outputs, reasons, launches } = steps[at] as BoundStep;
    const { origin } = plan.steps[index] as PlanStep;
    const op = covers.map((each) => plan.steps[each]?.op).join("+");
    const data = outputs.map((output) => (output < 0 ? undefined : this.#datum(output)));
    const [flops, bytes] = (["flops", "bytes"] as const).map((work) =>
      launches?.launches.reduce((sum, launch) => sum + launch[work], 0),
    );
    onStep({ index, kernel, op, origin, ms, outputs: data, reasons, flops, bytes });
  }

  /** A value's elements: a view where they lie in the arena. */
  #datum(value: number): Datum | undefined {
    const held = this.#data[value];
    if (held !== undefined) return held;
    const { plan, offsets, shapes } = this.#bound;
    const [offset, shape, { type }] = [offsets[value] as number, shapes[value], plan.values[value] as PlanValue];
    if (offset < 0 || shape === undefined || type.kind !== "tensor") return undefined;
    return viewOf(type.dtype, shape, { buffer: this.#memory.buffer, at: this.#memory.base + offset });
  }

  #evaluate(step: PlanStep, op: Op, inputs: readonly (Datum | undefined)[]): Datum {
    try {
      if (this.#needsCheck(step)) checkResult(op, inputs, step.attributes, this.#options.maxArenaBytes);
      return op.eval(inputs, step.attributes, this.#context);
    } catch (error) {
      const { plan } = this.#bound;
      throw stepFailure(
        error,
        op,
        inputs,
        plan.inputs.map(({ name }, i) => [name, this.#inputs[i]]),
      );
    }
  }

  /** What binding the symbols does not tell is checked in each run; types that symbols tell, in the first one; others were checked when the model was loaded. */
  #needsCheck({ inputs, outputs }: PlanStep): boolean {
    const { plan } = this.#bound;
    const types = [...inputs, ...outputs].filter((i) => i >= 0).map((i) => (plan.values[i] as PlanValue).type);
    if (types.some((type) => !hasKnownSize(type))) return true;
    return this.#options.isProven !== true && types.some((type) => !isFixed(type));
  }

  outputs(): Datum[] {
    return this.#bound.plan.outputs.map(({ name, value }) => {
      const datum = this.#datum(value);
      invariant(datum !== undefined, `output "${name}" was not computed.`);
      return copyOut(datum);
    });
  }

  /** Puts a result where the plan wants it: into the arena, or outside it when the result outlives the arena's place. */
  #place(step: PlanStep, number: number, result: Datum): void {
    const { plan, offsets, bytes } = this.#bound;
    const { storage, type } = plan.values[number] as PlanValue;
    const offset = offsets[number] as number;
    if (storage.kind === "view" && offset >= 0 && bytes[number] === 0) this.#data[number] = result;
    else if (offset >= 0 && isTensor(result)) {
      if (bytesFor(result.dtype, elementCount(result.shape)) !== bytes[number]) failOnSize(step, type, result);
      this.#data[number] = this.#copyTo(result, offset);
    } else this.#data[number] = detached(result, this.#memory.buffer);
  }

  /** Copies a tensor to an offset in the arena. The view of it there; undefined where the memory may move, and views are made when asked for. */
  #copyTo(source: Tensor, offset: number): Tensor | undefined {
    const { dtype, shape } = source;
    const target = viewOf(dtype, shape, { buffer: this.#memory.buffer, at: this.#memory.base + offset });
    (target.data as Uint8Array).set(source.data as Uint8Array);
    return this.#memory.kernels === undefined ? target : undefined;
  }

  #release(at: number): void {
    const { steps, plan } = this.#bound;
    const step = steps[at] as BoundStep;
    for (const input of step.inputs) {
      if (input >= 0 && (plan.values[input] as PlanValue).to <= step.at) this.#data[input] = undefined;
    }
  }
}

/** Bodies may run on kernels, and then the memory may move. */
const hasBody = ({ attributes }: PlanStep): boolean => Object.values(attributes).some(isGraph);

const isFixed = (type: Type): boolean =>
  type.kind === "tensor" && (type.shape?.every((dim) => typeof dim === "number") ?? false);

/** What does not have its planned size would overwrite its neighbours in the arena. */
function failOnSize({ op, origin }: PlanStep, planned: Type, { dtype, shape }: Tensor): never {
  invariant(false, `${op} "${origin}" gave ${dtype}[${shape.join(",")}], but the plan says ${formatType(planned)}.`);
}

/** A tensor over memory that exists. */
function viewOf(
  dtype: DType,
  shape: readonly number[],
  { buffer, at }: { readonly buffer: ArrayBufferLike; readonly at: number },
): Tensor {
  const array = dtypes[dtype as Exclude<DType, "string">].array as unknown as Uint8ArrayConstructor;
  return { dtype, shape, data: new array(buffer as ArrayBuffer, at, storageLength(dtype, elementCount(shape))) };
}

/** The datum with the tensors in it that lie in the arena, where a later step may overwrite them, copied out of it. */
const detached = (datum: Datum, arena: ArrayBufferLike): Datum =>
  mapTensors(datum, (held) => {
    const isInside = held.dtype !== "string" && (held.data as Uint8Array).buffer === arena;
    return isInside ? copyOf(held) : held;
  });

/** What the caller gets: a copy, since the datum may share storage with inputs or constants. */
const copyOut = (datum: Datum): Datum => mapTensors(datum, copyOf);

const copyOf = (held: Tensor): Tensor => ({ ...held, data: held.data.slice() as Tensor["data"] });

function mapTensors(datum: Datum, change: (held: Tensor) => Tensor): Datum {
  if (isTensor(datum)) return change(datum);
  if (Array.isArray(datum)) return datum.map((item: Datum) => mapTensors(item, change));
  if (!(datum instanceof Map)) return datum;
  return new Map([...datum].map(([key, value]: [string | bigint, Datum]) => [key, mapTensors(value, change)]));
}
