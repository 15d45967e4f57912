import type { MachineFunction } from "./machine-function.ts";
import { isDef, isEarly, isUse, vregOf } from "./machine-function.ts";
import type { Regions } from "./regions.ts";

/**
 * Where a value is needed: ascending pairs of first and last positions. Instruction i reads at position 2i and writes at
 * 2i + 1, so a value whose last use is at i can share its register with one that is made there.
 */
export type Segments = number[];

/** Walks a function backwards and keeps what is live. */
class Liveness {
  readonly #function: MachineFunction<unknown>;
  readonly #regions: Regions;
  /** For live virtual registers, the last position of the segment that is open; else -1. */
  readonly #open: Int32Array;
  /** Segments last first, each as its last and first position. */
  readonly #reversed: Segments[];
  /** For each `end` whose `when` is still to come: which carried values are needed after it. */
  readonly #neededAfter: boolean[][] = [];

  constructor(machine: MachineFunction<unknown>, regions: Regions) {
    this.#function = machine;
    this.#regions = regions;
    this.#open = new Int32Array(machine.classes.length).fill(-1);
    this.#reversed = machine.classes.map(() => []);
  }

  run(): Segments[] {
    for (let i = this.#function.instructions.length - 1; i >= 0; i--) this.#step(i);
    const undefinedAt = this.#open.findIndex((last) => last >= 0);
    if (undefinedAt >= 0)
      throw new RangeError(`Bug: v${undefinedAt} of ${this.#function.name} is read but never written.`);
    return this.#reversed.map((segments) => segments.reverse());
  }

  #step(i: number): void {
    const instruction = this.#function.instructions[i];
    if (instruction === undefined) return;
    const { kind, operands, carried } = instruction;
    if (kind === "repeat") this.#enterLoop(i);
    else if (kind === "end") this.#enterWhen(i);
    else if (kind === "loop") this.#leaveLoop(i, carried);
    else if (kind === "when") this.#leaveWhen(i, carried);
    for (let o = 0; o < operands.length; o++) if (isDef(operands[o] as number)) this.#write(operands[o] as number, i);
    for (let o = 0; o < operands.length; o++)
      if (isUse(operands[o] as number)) this.#need(vregOf(operands[o] as number), 2 * i);
  }

  #need(vreg: number, position: number): void {
    if (this.#open[vreg] === -1) this.#open[vreg] = position;
  }

  #write(operand: number, i: number): void {
    const vreg = vregOf(operand);
    const last = this.#open[vreg] ?? -1;
    if (isUse(operand)) {
      this.#need(vreg, 2 * i + 1);
      return;
    }
    const first = isEarly(operand) ? 2 * i : 2 * i + 1;
    this.#reversed[vreg]?.push(Math.max(last, 2 * i + 1), first);
    this.#open[vreg] = -1;
  }

  #carriedOf(i: number): readonly number[] {
    return this.#function.instructions[this.#regions.openers[i] ?? 0]?.carried ?? [];
  }

  /** What a loop hands on is needed at its end, by the next iteration. */
  #enterLoop(i: number): void {
    for (const vreg of this.#carriedOf(i)) this.#need(vreg, 2 * i + 1);
  }

  /** What comes from outside and does not change is needed throughout the loop. */
  #leaveLoop(i: number, carried: readonly number[]): void {
    const end = this.#endOf(i);
    const open = this.#open;
    const changing = new Set(carried);
    for (let vreg = 0; vreg < open.length; vreg++) {
      const last = open[vreg] ?? -1;
      if (last >= 0 && last < end && !changing.has(vreg)) open[vreg] = end;
    }
  }

  #endOf(loop: number): number {
    const { of } = this.#regions;
    return 2 * (of[loop + 1]?.end ?? loop) + 1;
  }

  #enterWhen(i: number): void {
    this.#neededAfter.push(this.#carriedOf(i).map((vreg) => (this.#open[vreg] ?? -1) >= 0));
  }

  /** Where the region is skipped, what was needed after it is needed before it. */
  #leaveWhen(i: number, carried: readonly number[]): void {
    const needed = this.#neededAfter.pop();
    carried.forEach((vreg, at) => {
      if (needed?.[at]) this.#need(vreg, 2 * i + 1);
    });
  }
}

/** The segments of every virtual register. Throws when one is read that has no value. */
export function findSegments(machine: MachineFunction<unknown>, regions: Regions): Segments[] {
  return new Liveness(machine, regions).run();
}

/** Whether two values are needed at one position. */
export function overlap(a: Segments, b: Segments): boolean {
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if ((a[i + 1] as number) < (b[j] as number)) i += 2;
    else if ((b[j + 1] as number) < (a[i] as number)) j += 2;
    else return true;
  }
  return false;
}

/** The segments of two values together, neighbouring ones as one. */
export function union(a: Segments, b: Segments): Segments {
  const all: Segments = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const fromA = j >= b.length || (i < a.length && (a[i] as number) < (b[j] as number));
    const [first, last] = fromA ? [a[i] as number, a[i + 1] as number] : [b[j] as number, b[j + 1] as number];
    if (fromA) i += 2;
    else j += 2;
    if (all.length > 0 && first <= (all[all.length - 1] as number) + 1)
      all[all.length - 1] = Math.max(all[all.length - 1] as number, last);
    else all.push(first, last);
  }
  return all;
}
