import { contextFor } from "../graph/evaluate.ts";
import type { DecodeImage } from "../graph/image.ts";
import type { EvalContext } from "../graph/op.ts";
import { checkResult } from "../graph/result-bytes.ts";
import type { Type } from "../graph/type.ts";
import { formatType } from "../graph/type.ts";
import { cursorRecord } from "../ir/driver-layout.ts";
import type { BoundStep } from "../plan/bound-plan.ts";
import type { PlanStep, PlanValue } from "../plan/plan.ts";
import type { Datum } from "../tensor/datum.ts";
import { isTensor } from "../tensor/datum.ts";
import type { DType } from "../tensor/dtype.ts";
import { bytesFor, dtypes } from "../tensor/dtype.ts";
import { invariant, within } from "../tensor/errors.ts";
import { keepElements, loadElements } from "../tensor/stored-tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount, storageLength } from "../tensor/tensor.ts";
import type { ArrayViews } from "./array-views.ts";
import type { BodyRunner } from "./body-runner.ts";
import type { KernelHost } from "./kernel-host.ts";
import type { PreparedPlan } from "./kernel-session.ts";
import type { EvaluatedStep, Program, Span } from "./program.ts";
import { stepFailure } from "./step-failure.ts";
import type { StepReport } from "./step-report.ts";

/** Where the values of a run lie: a buffer that may be replaced when it grows, and the address of the arena in it. */
export interface RunMemory {
  readonly views: ArrayViews;
  readonly base: number;
  /** What runs the steps that have launches. */
  readonly kernels?: { readonly host: KernelHost; readonly prepared: PreparedPlan } | undefined;
}

export interface ExecutionOptions {
  readonly maxArenaBytes: number;
  /** Throws when the run was cancelled or is over its time; undefined where neither can happen. */
  readonly poll: (() => void) | undefined;
  /** True where the caller wants control back every now and then, not only at the end. */
  readonly inTurns: boolean;
  /** Runs bodies of control flow on kernels, where there are kernels. */
  readonly bodies: BodyRunner | undefined;
  readonly decodeImage: DecodeImage | undefined;
  readonly onStep: ((report: StepReport) => void) | undefined;
}

/** Calls of kernels in a slice, of some 50 us each by an estimate that may be far too low: as many as take `sliceMs`, and no more than this. */
const mostCalls = 50;
const sliceMs = 1;
const unlimited = 2 ** 31 - 1;

const cursorWords = {
  step: cursorRecord.step / 4,
  item: cursorRecord.item / 4,
  budget: cursorRecord.budget / 4,
  abort: cursorRecord.abort / 4,
} as const;

const ignore = (): void => undefined;

/** One run of a bound plan over its memory, a step or a slice of one at a time. */
export class Execution {
  readonly #program: Program;
  readonly #memory: RunMemory;
  readonly #inputs: readonly Datum[];
  readonly #options: ExecutionOptions;
  readonly #spans: readonly Span[];
  /** What does not lie in the arena, and for the eval target views of what does. */
  readonly #data: (Datum | undefined)[];
  #context: EvalContext | undefined;
  #at = 0;
  /** Whether kernels are in the middle of a span. */
  #isInside = false;
  #start = 0;

  constructor(program: Program, memory: RunMemory, inputs: readonly Datum[], options: ExecutionOptions) {
    this.#program = program;
    this.#memory = memory;
    this.#inputs = inputs;
    this.#options = options;
    this.#spans = options.onStep === undefined ? program.together : program.single;
    this.#data = program.data.slice();
    const { plan, offsets } = program.bound;
    for (let i = 0; i < plan.inputs.length; i++) {
      const { value } = plan.inputs[i] as (typeof plan.inputs)[number];
      const [offset, datum] = [offsets[value] as number, inputs[i]];
      this.#data[value] = offset >= 0 && datum && isTensor(datum) ? this.#copyTo(datum, offset) : datum;
    }
  }

  /** Goes on with the run. True when it has come to its end, and `outputs` may be asked for. */
  advance(): boolean {
    const span = this.#spans[this.#at];
    if (span === undefined) return true;
    this.#options.poll?.();
    if (!this.#isInside && this.#options.onStep) this.#start = performance.now();
    if (span.launches === undefined) this.#evaluate(span.evaluated as EvaluatedStep, keepElements);
    else {
      if (!this.#runKernels(span.launches)) return false;
      if (span.evaluated && this.#hasFault(span.end - 1)) this.#evaluate(span.evaluated, loadElements);
    }
    for (const value of span.drops) this.#data[value] = undefined;
    if (this.#options.onStep) this.#report(span, this.#options.onStep);
    this.#at++;
    return this.#at === this.#spans.length;
  }

  /** The outputs, which never lie in the arena. */
  outputs(): Datum[] {
    const { outputs, bound } = this.#program;
    const { views, base } = this.#memory;
    const all: Datum[] = [];
    for (let i = 0; i < outputs.length; i++) {
      const { name, value } = bound.plan.outputs[i] as (typeof bound.plan.outputs)[number];
      const held = this.#data[value];
      const placed = outputs[i];
      invariant(held !== undefined || placed !== undefined, `output "${name}" was not computed.`);
      if (held !== undefined) all.push(copyOut(held));
      else if (placed !== undefined) {
        const data = views.read(placed.dtype, base + placed.offset, placed.length);
        all.push({ dtype: placed.dtype, shape: placed.shape.slice(), data });
      }
    }
    this.#program.isProven = true;
    return all;
  }

  /** Runs kernels, for a slice of time where the caller cares. True when the span is done. */
  #runKernels({ first, end, isShort }: NonNullable<Span["launches"]>): boolean {
    const { kernels } = this.#memory;
    invariant(kernels !== undefined, "a step has launches, but nothing runs kernels.");
    const { host, prepared } = kernels;
    const at = prepared.cursor / 4;
    const { words } = this.#memory.views;
    if (!this.#isInside) {
      words[at + cursorWords.step] = first;
      words[at + cursorWords.item] = 0;
      words[at + cursorWords.abort] = 0;
      this.#isInside = true;
    }
    const isFree = isShort || (this.#options.poll === undefined && !this.#options.inTurns);
    words[at + cursorWords.budget] = isFree ? unlimited : this.#program.callsPerSlice;
    const before = isFree ? 0 : performance.now();
    host.run(prepared.table, end, prepared.cursor);
    if (!isFree) this.#pace(performance.now() - before, words[at + cursorWords.budget] as number);
    this.#isInside = (words[at + cursorWords.step] as number) < end;
    return !this.#isInside;
  }

  /** Sets how many calls the next slice makes, in this run or the next, by how long this one took. */
  #pace(ms: number, left: number): void {
    const done = this.#program.callsPerSlice - left;
    const calls = Math.floor((done * sliceMs) / Math.max(ms, 1e-3));
    this.#program.callsPerSlice = Math.min(mostCalls, Math.max(1, calls));
  }

  /** Whether the kernels of a step that are done met operands which they cannot take. */
  #hasFault(at: number): boolean {
    const { launches, temporaries } = this.#program.bound.steps[at] as BoundStep;
    if (launches?.fault === undefined) return false;
    const { temporary, words } = launches.fault;
    const { views, base } = this.#memory;
    const first = (base + (temporaries[temporary] as number)) / 4;
    return views.words.subarray(first, first + words).some((word) => word !== 0);
  }

  /** Runs a step by its operator's `eval`. What takes the elements of stored constants also says whether they stay for the next run. */
  #evaluate({ step, op, label, hasBody, checks }: EvaluatedStep, take: (held: Tensor) => Tensor): void {
    const { isProven } = this.#program;
    const isChecked = checks === "each run" || (checks === "first run" && !isProven);
    const held = step.inputs.map((input) => {
      const datum = input < 0 ? undefined : this.#datum(input);
      return isTensor(datum) ? take(datum) : datum;
    });
    // A body may run on kernels, and then the memory may move.
    const inputs = hasBody ? held.map((datum) => datum && detached(datum, this.#memory.views.buffer)) : held;
    this.#context ??= this.#makeContext();
    const context = this.#context;
    const result = within(label, () => {
      try {
        if (isChecked) checkResult(op, inputs, step.attributes, this.#options.maxArenaBytes);
        return op.eval(inputs, step.attributes, context);
      } catch (error) {
        const { inputs: ports } = this.#program.bound.plan;
        const given = ports.map(({ name }, i) => [name, this.#inputs[i]] as const);
        throw stepFailure(error, op, inputs, given);
      }
    });
    const results = step.tuple ? (result as readonly Datum[]) : [result];
    step.outputs.forEach((output, i) => {
      if (output >= 0) this.#place(step, output, results[i] as Datum);
    });
  }

  #makeContext(): EvalContext {
    const { poll = ignore, bodies, maxArenaBytes, decodeImage } = this.#options;
    const { bindings } = this.#program.bound;
    const context = contextFor(bindings, { poll, maxBytes: maxArenaBytes, decodeImage });
    if (bodies === undefined) return context;
    const frame = { bindings, maxArenaBytes, decodeImage, poll: this.#options.poll };
    return { ...context, run: (body, given) => bodies.run(body, given, frame) ?? context.run(body, given) };
  }

  #report({ at }: Span, onStep: (report: StepReport) => void): void {
    const { steps, plan } = this.#program.bound;
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
    const { plan, offsets, shapes } = this.#program.bound;
    const [offset, shape, { type }] = [offsets[value] as number, shapes[value], plan.values[value] as PlanValue];
    if (offset < 0 || shape === undefined || type.kind !== "tensor") return undefined;
    return this.#viewOf(type.dtype, shape, offset);
  }

  /** A tensor over the memory that it has in the arena. */
  #viewOf(dtype: DType, shape: readonly number[], offset: number): Tensor {
    const { views, base } = this.#memory;
    const array = dtypes[dtype as Exclude<DType, "string">].array as unknown as Uint8ArrayConstructor;
    const length = storageLength(dtype, elementCount(shape));
    return { dtype, shape, data: new array(views.buffer as ArrayBuffer, base + offset, length) };
  }

  /** Puts a result where the plan wants it: into the arena, or outside it when the result outlives the arena's place. */
  #place(step: PlanStep, number: number, result: Datum): void {
    const { plan, offsets, bytes } = this.#program.bound;
    const { storage, type } = plan.values[number] as PlanValue;
    const offset = offsets[number] as number;
    if (storage.kind === "view" && offset >= 0 && bytes[number] === 0) this.#data[number] = result;
    else if (offset >= 0 && isTensor(result)) {
      if (bytesFor(result.dtype, elementCount(result.shape)) !== bytes[number]) failOnSize(step, type, result);
      this.#data[number] = this.#copyTo(result, offset);
    } else this.#data[number] = detached(result, this.#memory.views.buffer);
  }

  /** Copies a tensor to an offset in the arena. The view of it there; undefined where the memory may move, and views are made when asked for. */
  #copyTo({ dtype, shape, data }: Tensor, offset: number): Tensor | undefined {
    const { views, base, kernels } = this.#memory;
    views.write(dtype, base + offset, data as Uint8Array);
    return kernels === undefined ? this.#viewOf(dtype, shape, offset) : undefined;
  }
}

/** What does not have its planned size would overwrite its neighbours in the arena. */
function failOnSize({ op, origin }: PlanStep, planned: Type, { dtype, shape }: Tensor): never {
  invariant(false, `${op} "${origin}" gave ${dtype}[${shape.join(",")}], but the plan says ${formatType(planned)}.`);
}

/** The datum with the tensors in it that lie in the arena, where a later step may overwrite them, copied out of it. */
const detached = (datum: Datum, arena: ArrayBufferLike): Datum =>
  mapTensors(datum, (held) => {
    const isInside = held.dtype !== "string" && (held.data as Uint8Array).buffer === arena;
    return isInside ? copyOf(held) : held;
  });

/** What the caller gets: a copy, since the datum may share storage with inputs or constants. */
const copyOut = (datum: Datum): Datum => mapTensors(datum, copyOf);

const copyOf = ({ dtype, shape, data }: Tensor): Tensor => ({ dtype, shape, data: data.slice() as Tensor["data"] });

function mapTensors(datum: Datum, change: (held: Tensor) => Tensor): Datum {
  if (isTensor(datum)) return change(datum);
  if (Array.isArray(datum)) return datum.map((item: Datum) => mapTensors(item, change));
  if (!(datum instanceof Map)) return datum;
  return new Map([...datum].map(([key, value]: [string | bigint, Datum]) => [key, mapTensors(value, change)]));
}
