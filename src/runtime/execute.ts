import { contextFor } from "../graph/evaluate.ts";
import type { EvalContext, Op } from "../graph/op.ts";
import { checkResult } from "../graph/result-bytes.ts";
import type { Type } from "../graph/type.ts";
import { formatType } from "../graph/type.ts";
import type { BoundPlan } from "../plan/bound-plan.ts";
import { hasKnownSize } from "../plan/known-size.ts";
import type { PlanStep, PlanValue } from "../plan/plan.ts";
import type { Datum } from "../tensor/datum.ts";
import { isTensor } from "../tensor/datum.ts";
import type { DType } from "../tensor/dtype.ts";
import { bytesFor, dtypes } from "../tensor/dtype.ts";
import { invariant, within } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount, storageLength } from "../tensor/tensor.ts";
import { stepFailure } from "./step-failure.ts";

/** One finished step, as `onStep` sees it. The outputs are valid only during the call. */
export interface StepReport {
  readonly index: number;
  readonly kernel: string;
  readonly op: string;
  /** The ONNX node that the step comes from. */
  readonly origin: string;
  readonly ms: number;
  readonly outputs: readonly (Datum | undefined)[];
}

export interface ExecuteOptions {
  readonly resolveOp: (name: string) => Op;
  readonly maxArenaBytes: number;
  /** Throws when the run was cancelled or is over its time. */
  readonly poll: () => void;
  readonly onStep?: ((report: StepReport) => void) | undefined;
  /** True when a run over the same bound plan came to its end: operands of symbolic types are then known to fit. */
  readonly isProven?: boolean;
}

/**
 * Runs a bound plan over its arena, one step at a time: a generator, so that the caller decides when to let others run. The outputs
 * that it returns never lie in the arena.
 */
export function* execute(
  bound: BoundPlan,
  arena: ArrayBufferLike,
  inputs: readonly Datum[],
  options: ExecuteOptions,
): Generator<undefined, Datum[]> {
  const run = new Run(bound, arena, inputs, options);
  for (let at = 0; at < bound.plan.steps.length; at++) {
    run.step(at);
    yield undefined;
  }
  return run.outputs();
}

class Run {
  readonly #bound: BoundPlan;
  readonly #arena: ArrayBufferLike;
  readonly #inputs: readonly Datum[];
  readonly #data: (Datum | undefined)[];
  readonly #options: ExecuteOptions;
  readonly #context: EvalContext;

  constructor(bound: BoundPlan, arena: ArrayBufferLike, inputs: readonly Datum[], options: ExecuteOptions) {
    this.#bound = bound;
    this.#arena = arena;
    this.#inputs = inputs;
    this.#options = options;
    this.#context = contextFor(bound.bindings, { poll: options.poll, maxBytes: options.maxArenaBytes });
    this.#data = bound.plan.values.map(({ storage }, i) =>
      storage.kind === "constant" ? storage.tensor : bound.literals.get(i),
    );
    bound.plan.inputs.forEach(({ value }, i) => {
      this.#data[value] = inputs[i];
    });
  }

  step(at: number): void {
    const { plan } = this.#bound;
    const step = plan.steps[at] as PlanStep;
    const { onStep, poll, resolveOp } = this.#options;
    poll();
    const start = onStep === undefined ? 0 : performance.now();
    const inputs = step.inputs.map((input) => (input < 0 ? undefined : this.#data[input]));
    const result = within(`${step.op} "${step.origin}"`, () => this.#evaluate(step, resolveOp(step.op), inputs));
    const results = step.tuple ? (result as readonly Datum[]) : [result];
    const outputs = step.outputs.map((output, i) =>
      output < 0 ? undefined : this.#place(step, output, results[i] as Datum),
    );
    this.#release(step, at);
    if (onStep === undefined) return;
    const { kernel, op, origin } = step;
    onStep({ index: at, kernel, op, origin, ms: performance.now() - start, outputs });
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
      const datum = this.#data[value];
      invariant(datum !== undefined, `output "${name}" was not computed.`);
      return copyOut(datum);
    });
  }

  /** Puts a result where the plan wants it: into the arena, or outside it when the result outlives the arena's place. */
  #place(step: PlanStep, number: number, result: Datum): Datum {
    const { plan, offsets, bytes } = this.#bound;
    const { storage, type } = plan.values[number] as PlanValue;
    let placed = result;
    if (storage.kind === "arena" && isTensor(result)) {
      if (bytesFor(result.dtype, elementCount(result.shape)) !== bytes[number]) failOnSize(step, type, result);
      placed = copyTo(result, this.#arena, offsets[number] as number);
    }
    if (storage.kind === "heap") placed = detached(result, this.#arena);
    this.#data[number] = placed;
    return placed;
  }

  #release(step: PlanStep, at: number): void {
    for (const input of step.inputs) {
      if (input >= 0 && (this.#bound.plan.values[input] as PlanValue).to <= at) this.#data[input] = undefined;
    }
  }
}

const isFixed = (type: Type): boolean =>
  type.kind === "tensor" && (type.shape?.every((dim) => typeof dim === "number") ?? false);

/** What does not have its planned size would overwrite its neighbours in the arena. */
function failOnSize({ op, origin }: PlanStep, planned: Type, { dtype, shape }: Tensor): never {
  invariant(false, `${op} "${origin}" gave ${dtype}[${shape.join(",")}], but the plan says ${formatType(planned)}.`);
}

function copyTo(source: Tensor, arena: ArrayBufferLike, offset: number): Tensor {
  const { dtype, shape } = source;
  const array = dtypes[dtype as Exclude<DType, "string">].array as unknown as Uint8ArrayConstructor;
  const target = new array(arena as ArrayBuffer, offset, storageLength(dtype, elementCount(shape)));
  target.set(source.data as Uint8Array);
  return { dtype, shape, data: target };
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
