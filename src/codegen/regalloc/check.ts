import type { Allocation, Placed } from "./allocate.ts";
import type { MachineFunction, RegisterClass } from "./machine-function.ts";
import { isDef, isEarly, isUse, vregOf } from "./machine-function.ts";

/**
 * Which virtual registers each place holds: a register by class and number, a slot of the frame, or, for what can be made
 * again, the instruction that makes it.
 */
type State = Map<string, ReadonlySet<number>>;

const nothing: ReadonlySet<number> = new Set();

const placeOf = (kind: RegisterClass, register: number): string => `${kind} ${register}`;
const slotAt = (slot: number): string => `slot ${slot}`;
const madeBy = (vreg: number): string => `again ${vreg}`;

/**
 * Replays allocated code with the names of values instead of numbers, on every path, loops until nothing changes: each use
 * has to find its value in the place that was chosen for it. Throws at the first that does not. Knows nothing of how the
 * allocator decides.
 */
export function checkAllocation<P>(machine: MachineFunction<P>, allocation: Allocation<P>): void {
  new Replay(machine, allocation).run();
}

class Replay<P> {
  readonly #machine: MachineFunction<P>;
  readonly #allocation: Allocation<P>;
  /** The virtual register that each repeatable instruction makes. */
  readonly #makers = new Map<P | undefined, number>();
  #state: State = new Map();

  constructor(machine: MachineFunction<P>, allocation: Allocation<P>) {
    this.#machine = machine;
    this.#allocation = allocation;
    for (const { again, payload, operands } of machine.instructions) {
      if (!again) continue;
      const vreg = vregOf(operands[0] as number);
      this.#makers.set(payload, vreg);
      this.#state.set(madeBy(vreg), new Set([vreg]));
    }
  }

  run(): void {
    const end = this.#runFrom(0);
    if (end !== this.#allocation.code.length) this.#fault(end, "a region ends that did not begin");
  }

  /** Runs up to the end of the region around `start`. Gives the index of its last instruction, or that of the code's end. */
  #runFrom(start: number): number {
    const { code } = this.#allocation;
    let at = start;
    for (; at < code.length; at++) {
      const placed = code[at] as Placed<P>;
      const kind = placed.kind === "instruction" ? placed.instruction.kind : "op";
      if (kind === "end" || kind === "repeat") {
        this.#step(placed, at);
        return at;
      }
      if (kind === "loop") at = this.#runLoop(at);
      else if (kind === "when") at = this.#runWhen(at);
      else this.#step(placed, at);
    }
    return at;
  }

  #runLoop(start: number): number {
    for (;;) {
      const before = this.#state;
      this.#state = new Map(before);
      const end = this.#runFrom(start + 1);
      const header = intersect(before, this.#state);
      if (sizeOf(header) === sizeOf(before)) return end;
      this.#state = header;
    }
  }

  #runWhen(start: number): number {
    this.#step(this.#allocation.code[start] as Placed<P>, start);
    const skipped = this.#state;
    this.#state = new Map(skipped);
    const end = this.#runFrom(start + 1);
    this.#state = intersect(skipped, this.#state);
    return end;
  }

  #step(placed: Placed<P>, at: number): void {
    if (placed.kind === "instruction") this.#runInstruction(placed, at);
    else if (placed.kind === "load") this.#copy(slotAt(placed.slot), placeOf(placed.class, placed.register));
    else if (placed.kind === "store") this.#copy(placeOf(placed.class, placed.register), slotAt(placed.slot));
    else if (placed.kind === "again") this.#copy(madeBy(placed.vreg), placeOf(placed.class, placed.register));
    else if (placed.kind === "move") this.#move(placed, at);
    else if (placed.kind === "alias") this.#alias(placed.operands, at);
  }

  #copy(from: string, to: string): void {
    this.#state.set(to, this.#state.get(from) ?? nothing);
  }

  #runInstruction({ instruction, registers }: Placed<P> & { readonly kind: "instruction" }, at: number): void {
    const { operands } = instruction;
    const { classes, fixed } = this.#machine;
    const early = new Set<string>();
    operands.forEach((operand, i) => {
      const vreg = vregOf(operand);
      const register = registers[i] as number;
      const kind = classes[vreg] as RegisterClass;
      if (fixed.has(vreg) && fixed.get(vreg) !== register) this.#fault(at, `v${vreg} is not in its register`);
      if (isUse(operand)) this.#expect({ vreg, kind, from: register, at });
      else if (isEarly(operand)) early.add(placeOf(kind, register));
    });
    operands.forEach((operand, i) => {
      const place = placeOf(classes[vregOf(operand)] as RegisterClass, registers[i] as number);
      if (isUse(operand) && early.has(place)) this.#fault(at, `${place} is overwritten before it is read`);
    });
    this.#define(operands, registers, at);
    if (!instruction.again) return;
    const vreg = vregOf(operands[0] as number);
    this.#state.set(madeBy(vreg), new Set([vreg]));
  }

  #define(operands: readonly number[], registers: readonly number[], at: number): void {
    const written = new Set<string>();
    operands.forEach((operand, i) => {
      if (!isDef(operand)) return;
      const vreg = vregOf(operand);
      const place = placeOf(this.#machine.classes[vreg] as RegisterClass, registers[i] as number);
      if (written.has(place)) this.#fault(at, `${place} is written twice`);
      written.add(place);
      this.#forget(vreg);
      this.#state.set(place, new Set([vreg]));
    });
  }

  /** What a register held, the destination holds too, and it is the destination's value. */
  #move({ class: kind, to, from, operands }: Placed<P> & { readonly kind: "move" }, at: number): void {
    const [target, source] = operands.map(vregOf) as [number, number];
    this.#expect({ vreg: source, kind, from, at });
    const held = this.#heldAt(kind, from);
    this.#forget(target);
    this.#state.set(placeOf(kind, to), new Set([...held, target]));
  }

  #alias(operands: readonly number[], at: number): void {
    const [target, source] = operands.map(vregOf) as [number, number];
    const places = [...this.#state].filter(([, held]) => held.has(source));
    if (places.length === 0) this.#fault(at, `v${source} is nowhere`);
    this.#forget(target);
    for (const [place, held] of places) this.#state.set(place, new Set([...held, target]));
  }

  #heldAt(kind: RegisterClass, register: number): ReadonlySet<number> {
    if (register >= 0) return this.#state.get(placeOf(kind, register)) ?? nothing;
    const spilled = this.#allocation.spilled[-1 - register];
    const maker = this.#makers.get(spilled?.again);
    const place = spilled?.slot === undefined ? madeBy(maker ?? -1) : slotAt(spilled.slot);
    return this.#state.get(place) ?? nothing;
  }

  #expect({ vreg, kind, from, at }: { vreg: number; kind: RegisterClass; from: number; at: number }): void {
    const held = this.#heldAt(kind, from);
    if (held.has(vreg)) return;
    const place = from < 0 ? "memory" : placeOf(kind, from);
    const what = [...held].map((each) => `v${each}`).join(", ") || "nothing";
    this.#fault(at, `v${vreg} is not in ${place}, which holds ${what}`);
  }

  /** A new value of a virtual register: what held the old one does so no longer. */
  #forget(vreg: number): void {
    for (const [place, held] of this.#state) {
      if (held.has(vreg)) this.#state.set(place, new Set([...held].filter((each) => each !== vreg)));
    }
  }

  #fault(at: number, why: string): never {
    throw new RangeError(`Bug: allocated code of ${this.#allocation.name} is wrong at ${at}: ${why}.`);
  }
}

/** What both states say. */
function intersect(a: State, b: State): State {
  const both: State = new Map();
  for (const [place, held] of a) {
    const other = b.get(place);
    if (other === undefined) continue;
    const common = new Set([...held].filter((vreg) => other.has(vreg)));
    if (common.size > 0) both.set(place, common);
  }
  return both;
}

function sizeOf(state: State): number {
  let size = 0;
  for (const held of state.values()) size += held.size;
  return size;
}
