import { resolveOp } from "../ops/registered.ts";
import { bytesFor } from "../tensor/dtype.ts";
import { elementCount } from "../tensor/tensor.ts";
import type { ChosenStep } from "./choose-steps.ts";
import type { Buffer } from "./place-buffers.ts";
import { placeBuffers } from "./place-buffers.ts";
import type { Plan, PlanValue } from "./plan.ts";

type Shapes = readonly (readonly number[] | undefined)[];

/** Where values and temporaries lie in the arena. */
export interface ArenaLayout {
  /** By value; -1 for what does not lie in the arena. */
  readonly offsets: readonly number[];
  /** By step, then by temporary. */
  readonly temporaries: readonly (readonly number[])[];
  readonly arenaBytes: number;
}

/** Bytes of each value that has a place of its own, 0 for the others; and for each value the one that holds its elements, -1 for none. */
export interface Holders {
  readonly bytes: readonly number[];
  readonly holder: readonly number[];
}

/** Which values lie in the arena when kernels run the plan: all whose size is known, inputs and outputs too; views share the place of what they look at. */
export function kernelHolders(plan: Plan, shapes: Shapes): Holders {
  const bytes = plan.values.map(() => 0);
  const holder = plan.values.map(() => -1);
  const own = (value: number): void => {
    const { type, storage } = plan.values[value] as PlanValue;
    const shape = shapes[value];
    if (type.kind !== "tensor" || shape === undefined || storage.kind === "constant" || storage.kind === "dims") return;
    bytes[value] = bytesFor(type.dtype, elementCount(shape));
    holder[value] = value;
  };
  for (const { value } of plan.inputs) own(value);
  for (const { op, inputs, outputs, tuple } of plan.steps) {
    const [source = -1] = inputs;
    const [first = -1] = outputs;
    const looks = !tuple && source >= 0 && first >= 0 && resolveOp(op).view && holder[source] !== -1 && shapes[first];
    if (looks) holder[first] = holder[source] as number;
    else for (const output of outputs) if (output >= 0) own(output);
  }
  return { bytes, holder };
}

/** Which values lie in the arena when every step is evaluated: as the plan says. */
export function evalHolders(plan: Plan, shapes: Shapes): Holders {
  const holder = plan.values.map((_, i) => i);
  const bytes = plan.values.map(({ type, storage }, i) => {
    holder[i] = storage.kind === "view" ? (holder[storage.of] as number) : storage.kind === "arena" ? i : -1;
    const shape = shapes[i];
    if (storage.kind !== "arena" || type.kind !== "tensor" || shape === undefined) return 0;
    return bytesFor(type.dtype, elementCount(shape));
  });
  return { bytes, holder };
}

interface Life {
  bytes: number;
  from: number;
  to: number;
}

/** Places what the steps need. A result takes over the memory of an operand where its schedule allows that and nothing needs the operand any more. */
export function layOut(plan: Plan, steps: readonly ChosenStep[], { bytes, holder }: Holders): ArenaLayout {
  const lives = livesOf(plan, steps, { bytes, holder });
  const taken = takeOver({ plan, steps, holder, lives });
  const root = (value: number): number => {
    let at = holder[value] as number;
    for (let next = taken.get(at); next !== undefined; next = taken.get(at)) at = next;
    return at;
  };
  const buffers: Buffer[] = [];
  const numbers = new Map<number, number>();
  lives.forEach((life, value) => {
    if (life === undefined || taken.has(value)) return;
    numbers.set(value, buffers.push(life) - 1);
  });
  const rooms = steps.map(({ launches }, at) =>
    (launches?.temporaries ?? []).map((size) => buffers.push({ bytes: size, from: at, to: at }) - 1),
  );
  const { offsets, totalBytes } = placeBuffers(buffers);
  const placeOf = (value: number): number => {
    if (holder[value] === -1) return -1;
    const number = numbers.get(root(value));
    return number === undefined ? -1 : (offsets[number] as number);
  };
  return {
    offsets: plan.values.map((_, value) => placeOf(value)),
    temporaries: rooms.map((list) => list.map((number) => offsets[number] as number)),
    arenaBytes: totalBytes,
  };
}

/** From the making to the last use of each value with a place of its own, through its views. */
function livesOf(plan: Plan, steps: readonly ChosenStep[], { bytes, holder }: Holders): (Life | undefined)[] {
  const lives = plan.values.map((_, value) =>
    holder[value] === value ? { bytes: bytes[value] as number, from: -1, to: -1 } : undefined,
  );
  const lifeOf = (value: number): Life | undefined => (value < 0 ? undefined : lives[holder[value] as number]);
  const touch = (value: number, at: number): void => {
    const life = lifeOf(value);
    if (life === undefined) return;
    if (life.from < 0) life.from = at;
    life.to = Math.max(life.to, at);
  };
  for (const { value } of plan.inputs) touch(value, 0);
  steps.forEach(({ inputs, outputs }, at) => {
    for (const value of [...inputs, ...outputs]) touch(value, at);
  });
  for (const { value } of plan.outputs) touch(value, steps.length);
  return lives.map((life) => (life && life.from >= 0 ? life : undefined));
}

interface Scene {
  readonly plan: Plan;
  readonly steps: readonly ChosenStep[];
  readonly holder: readonly number[];
  readonly lives: (Life | undefined)[];
}

/** For each result that is written over an operand, the value whose place it takes; the lives of places grow accordingly. */
function takeOver({ plan, steps, holder, lives }: Scene): ReadonlyMap<number, number> {
  const taken = new Map<number, number>();
  const outputs = new Set(plan.outputs.map(({ value }) => holder[value]));
  steps.forEach(({ launches, inputs, outputs: [result = -1] }, at) => {
    const life = result < 0 ? undefined : lives[holder[result] as number];
    if (life === undefined || holder[result] !== result) return;
    for (const index of launches?.inPlace ?? []) {
      const value = inputs[index] ?? -1;
      const held = value < 0 ? -1 : (holder[value] as number);
      const before = held < 0 ? undefined : lives[held];
      const isFree = before !== undefined && before.to === at && before.bytes === life.bytes && !outputs.has(held);
      const isAlone = inputs.every((other) => other < 0 || other === value || holder[other] !== held);
      if (!isFree || !isAlone) continue;
      taken.set(result, held);
      before.to = life.to;
      lives[result] = before;
      return;
    }
  });
  return taken;
}
