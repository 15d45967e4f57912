import { contextFor } from "../../graph/evaluate.ts";
import type { Kernel } from "../../ir/node.ts";
import type { Target } from "../../ir/target.ts";
import { verify } from "../../ir/verify.ts";
import { resolveOp } from "../../ops/registered.ts";
import { bytesFor, dtypes } from "../../tensor/dtype.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { allocate, elementCount, storageLength } from "../../tensor/tensor.ts";
import type { Choice } from "../choose-schedule.ts";
import { chooseSchedule, schedulesOf } from "../choose-schedule.ts";
import type { Expression } from "../elementwise/expression.ts";
import type { Launch, Launches, Place, StepFacts, TensorFacts } from "../schedule.ts";
import type { Machine } from "./machines.ts";

/** An operator applied to tensors. */
export interface Step {
  readonly op: string;
  readonly operands: readonly (Tensor | undefined)[];
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** The operands that are known before the run, by number. */
  readonly constants?: readonly number[];
  /** The results' types where `eval` is expected to fail. */
  readonly results?: readonly Pick<Tensor, "dtype" | "shape">[];
  /** What follows on the first result: its operand 0 is that result, the others are these tensors. */
  readonly epilogue?: { readonly expression: Expression; readonly operands: readonly Tensor[] };
}

export interface RunStepOptions {
  /** Bytes from a multiple of 64 at which each tensor begins; a multiple of 4. */
  readonly misalign?: number;
  /** Whether the result takes the memory of an operand, where the schedule allows that. */
  readonly inPlace?: boolean;
  /** The name of a schedule that shall run the step, where it is not the one that is chosen. */
  readonly schedule?: string;
}

export interface StepRun {
  readonly schedule: string;
  readonly actual: readonly Tensor[];
  /** What the operator's `eval` gives. */
  readonly expected: readonly Tensor[];
  /** Whether the launches said that they cannot take the operands. */
  readonly fault: boolean;
}

const guard = 64;
const filler = 0xa5;

/** Runs a step by the schedule that is chosen for it, and by `eval`. Throws when no schedule takes it, or when it writes outside its memory. */
export function runStep(step: Step, machine: Machine, options: RunStepOptions = {}): StepRun {
  const { op, constants = [], epilogue } = step;
  const operands = [...step.operands, ...(epilogue?.operands ?? [])];
  const expected = step.results?.map(emptyTensor) ?? evaluate(step);
  const facts: StepFacts = factsOf({ ...step, operands }, expected, constants);
  const whole = { ...facts, extras: step.operands.length, expression: epilogue?.expression ?? facts.expression };
  const chosen = choose(whole, machine.target, options.schedule);
  if (!("launches" in chosen))
    throw new Error(`${op} has no schedule on ${machine.target.name}: ${chosen.reasons.join("; ")}`);
  const { misalign = 0, inPlace = false } = options;
  const image = new Image(facts, chosen.launches, { misalign, inPlace });
  image.fill(operands, chosen.launches);
  for (const launch of chosen.launches.launches) image.run(launch, machine);
  image.check(op, machine.name);
  const actual = expected.map((tensor, i) => image.read(tensor, i));
  return { schedule: chosen.schedule.name, actual, expected, fault: image.hasFault(chosen.launches) };
}

const emptyTensor = ({ dtype, shape }: Pick<Tensor, "dtype" | "shape">): Tensor => ({
  dtype,
  shape,
  data: allocate(dtype, elementCount(shape)),
});

function choose(facts: StepFacts, target: Target, name: string | undefined): Choice {
  if (name === undefined) return chooseSchedule(facts, target);
  const schedule = schedulesOf(facts.op).find((each) => each.name === name);
  const launches = schedule?.plan(facts, target) ?? `${facts.op} has no schedule ${name}`;
  return typeof launches === "string" || schedule === undefined
    ? { reasons: [String(launches)] }
    : { schedule, launches };
}

/** The results by `eval`, the first one with what follows on it. */
function evaluate({ op, operands, attributes = {}, epilogue }: Step): Tensor[] {
  const context = contextFor(new Map());
  const evaluated = resolveOp(op).eval(operands, attributes as never, context);
  const results = (Array.isArray(evaluated) ? evaluated : [evaluated]) as Tensor[];
  if (epilogue === undefined) return results;
  const known = [results[0] as Tensor, ...epilogue.operands];
  for (const node of epilogue.expression.nodes) {
    const inputs = node.inputs.map((i) => known[i]);
    known.push(resolveOp(node.op).eval(inputs, node.attributes as never, context) as Tensor);
  }
  return [known.at(-1) as Tensor, ...results.slice(1)];
}

function factsOf(
  { op, operands, attributes = {} }: Step,
  expected: readonly Tensor[],
  constants: readonly number[],
): StepFacts {
  const known = (tensor: Tensor | undefined, i: number): TensorFacts | undefined =>
    tensor && { dtype: tensor.dtype, shape: tensor.shape, constant: constants.includes(i) ? tensor : undefined };
  return chainOf({
    op,
    attributes,
    operands: operands.map(known),
    results: expected.map(({ dtype, shape }) => ({ dtype, shape })),
    extras: operands.length,
  });
}

/** An operator with a formula as the chain of one that plans make of it. */
function chainOf(facts: StepFacts): StepFacts {
  const { op, attributes, operands, results } = facts;
  if (!("emit" in resolveOp(op)) || results[0] === undefined) return facts;
  const node = { op, attributes, inputs: operands.map((_, i) => i), dtype: results[0].dtype };
  return { ...facts, op: "elementwise", attributes: {}, expression: { operands: operands.length, nodes: [node] } };
}

const sizeOf = ({ dtype, shape }: TensorFacts): number => bytesFor(dtype, elementCount(shape));

/** The memory of one step, with filler around everything. */
class Image {
  readonly #places = new Map<string, { readonly at: number; readonly bytes: number }>();
  readonly #facts: StepFacts;
  #end = 4096;
  #memory = new ArrayBuffer(0);

  constructor(
    facts: StepFacts,
    { temporaries = [], packed = [], inPlace = [] }: Launches,
    options: Required<Pick<RunStepOptions, "misalign" | "inPlace">>,
  ) {
    this.#facts = facts;
    const add = (of: Place["of"], index: number, bytes: number, shift = 0): void => {
      this.#places.set(`${of}${index}`, { at: this.#end + guard + shift, bytes });
      this.#end = Math.ceil((this.#end + guard + shift + bytes) / 64) * 64 + guard;
    };
    facts.operands.forEach((each, i) => {
      if (each) add("operand", i, sizeOf(each), options.misalign);
    });
    facts.results.forEach((each, i) => {
      const shared = options.inPlace && i === 0 ? this.#places.get(`operand${inPlace[0]}`) : undefined;
      if (shared) this.#places.set(`result${i}`, shared);
      else if (each) add("result", i, sizeOf(each), options.misalign);
    });
    temporaries.forEach((bytes, i) => void add("temporary", i, bytes));
    packed.forEach(({ bytes }, i) => void add("packed", i, bytes));
  }

  fill(operands: readonly (Tensor | undefined)[], { packed = [], launches }: Launches): void {
    this.#memory = new ArrayBuffer(this.#end + 65536 * (launches.length > 0 ? 1 : 0) + 4096);
    const bytes = new Uint8Array(this.#memory).fill(filler);
    operands.forEach((tensor, i) => {
      if (tensor === undefined) return;
      const data = tensor.data as Uint8Array;
      bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), this.#at("operand", i).at);
    });
    packed.forEach(({ write }, i) => {
      const { at, bytes: length } = this.#at("packed", i);
      write(bytes.subarray(at, at + length).fill(0));
    });
  }

  run({ kernel: { build }, words, items }: Launch, machine: Machine): void {
    const kernel: Kernel = build(machine.target);
    verify(kernel);
    const view = new DataView(this.#memory);
    kernel.words.forEach(({ name, type }, word) => {
      const value = words[name];
      if (value === undefined) throw new RangeError(`Kernel ${kernel.name} needs an argument ${name}.`);
      const number = typeof value === "number" ? value : this.#at(value.of, value.index).at + value.bytes;
      if (type === "f32") view.setFloat32(4 * word, number, true);
      else view.setInt32(4 * word, number, true);
    });
    const spare = this.#memory.byteLength - this.#end;
    if (kernel.scratchBytes + 4096 > spare) this.#grow(kernel.scratchBytes + 4096 - spare);
    machine.run(kernel, { memory: this.#memory, args: 0, begin: 0, end: items, scratch: this.#end });
  }

  read({ dtype, shape }: Tensor, i: number): Tensor {
    const { at, bytes } = this.#at("result", i);
    const array = dtypes[dtype as "f32"].array;
    const data = new array(this.#memory.slice(at, at + bytes), 0, storageLength(dtype, elementCount(shape)));
    return { dtype, shape, data };
  }

  hasFault({ fault }: Launches): boolean {
    if (fault === undefined) return false;
    const { at } = this.#at("temporary", fault.temporary);
    return new Int32Array(this.#memory, at, fault.words).some((word) => word !== 0);
  }

  /** That nothing was written between and around what has a place. */
  check(op: string, machine: string): void {
    const bytes = new Uint8Array(this.#memory, 4096, this.#end - 4096).slice();
    for (const { at, bytes: length } of this.#places.values()) bytes.fill(filler, at - 4096, at - 4096 + length);
    const stray = bytes.findIndex((byte) => byte !== filler);
    if (stray < 0) return;
    const near = [...this.#places].map(([name, { at, bytes: length }]) => `${name} ${at}..${at + length}`).join(", ");
    throw new Error(`${op} on ${machine} wrote to byte ${stray + 4096}, outside ${near}.`);
  }

  #at(of: string, index: number): { readonly at: number; readonly bytes: number } {
    const place = this.#places.get(`${of}${index}`);
    if (place === undefined) throw new RangeError(`${this.#facts.op} has no ${of} ${index}.`);
    return place;
  }

  #grow(bytes: number): void {
    const larger = new ArrayBuffer(this.#memory.byteLength + bytes);
    new Uint8Array(larger).set(new Uint8Array(this.#memory));
    this.#memory = larger;
  }
}
