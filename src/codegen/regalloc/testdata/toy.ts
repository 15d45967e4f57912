/** A made-up instruction set for tests: what its instructions compute depends on their number and on all they read. */
import type { Random } from "../../../tensor/random.ts";
import type { MachineFunction, RegisterClass, RegisterFile } from "../machine-function.ts";
import { both, def, earlyDef, MachineBuilder, use, useAnywhere } from "../machine-function.ts";

export interface ToyOp {
  readonly id: number;
  /** For `repeat`: how often its loop runs. */
  readonly rounds: number;
}

export const toyFile: RegisterFile = {
  registers: { gpr: [0, 1, 2, 3, 4], vec: [0, 1, 2, 3], mask: [1, 2, 3] },
  slotBytes: { gpr: 8, vec: 16, mask: 8 },
};

const kinds = ["gpr", "vec", "mask"] as const;

/** Builds random functions: nested loops and conditions, values that they hand on, copies, constants and fixed registers. */
class Generator {
  readonly builder = new MachineBuilder<ToyOp>();
  readonly #random: Random;
  #id = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  op(): ToyOp {
    return { id: this.#id++, rounds: this.#random.int(1, 4) };
  }

  pick<T>(values: readonly T[]): T {
    return values[this.#random.int(0, values.length)] as T;
  }

  chance(percent: number): boolean {
    return this.#random.int(0, 100) < percent;
  }

  ofKind(values: readonly number[], kind: RegisterClass): number[] {
    return values.filter((vreg) => this.builder.classes[vreg] === kind);
  }

  constant(): number {
    const vreg = this.builder.vreg(this.pick(kinds));
    this.builder.source(this.op(), vreg);
    return vreg;
  }

  /** Reads up to three values, one of them perhaps from memory, and makes one. */
  compute(known: readonly number[]): number {
    const { builder } = this;
    const sources = Array.from({ length: this.#random.int(0, 3) }, () => this.pick(known));
    const operands = sources.map((vreg, i) => (i === 0 && this.chance(40) ? useAnywhere(vreg) : use(vreg)));
    const kind = this.pick(kinds);
    const same = this.ofKind(known, kind);
    const result = builder.vreg(kind);
    if (same.length > 0 && this.chance(40)) {
      builder.move(result, this.pick(same));
      operands.push(both(result));
    } else operands.push(this.chance(20) ? earlyDef(result) : def(result));
    builder.op(this.op(), operands);
    return result;
  }

  /** As a division does: in and out of a certain register, with a copy of the result. */
  computeFixed(known: readonly number[]): number[] {
    const { builder } = this;
    const [from] = this.ofKind(known, "gpr");
    if (from === undefined) return [];
    const [fixed, result] = [builder.vreg("gpr", this.#random.int(0, 2)), builder.vreg("gpr")];
    builder.move(fixed, from);
    builder.op(this.op(), [both(fixed), use(this.pick(known))]);
    builder.move(result, fixed);
    return [result];
  }

  region(known: readonly number[], depth: number): number[] {
    const { builder } = this;
    const carried = Array.from({ length: this.#random.int(0, 4) }, () => {
      const init = this.pick(known);
      const vreg = builder.vreg(builder.classes[init] as RegisterClass);
      builder.move(vreg, init);
      return vreg;
    });
    const around = [...known, ...carried];
    const isLoop = this.chance(50);
    if (isLoop) builder.loop(carried);
    else builder.when(this.op(), [use(this.pick(around))], carried);
    const inside = this.body(around, depth + 1);
    for (const vreg of carried) this.handOn(vreg, inside);
    if (isLoop) builder.repeat(this.op(), [useAnywhere(this.pick(inside))]);
    else builder.end();
    return carried;
  }

  handOn(vreg: number, inside: readonly number[]): void {
    const { builder } = this;
    if (this.chance(40)) builder.op(this.op(), [both(vreg), use(this.pick(inside))]);
    else builder.move(vreg, this.pick(this.ofKind(inside, builder.classes[vreg] as RegisterClass)));
  }

  straight(known: readonly number[]): number[] {
    const choice = this.#random.int(0, 10);
    if (choice === 0) return this.computeFixed(known);
    return [choice === 1 ? this.constant() : this.compute(known)];
  }

  body(known: readonly number[], depth: number): number[] {
    const values = [...known];
    for (let count = this.#random.int(2, 9); count > 0; count--) {
      if (depth < 4 && this.chance(30)) values.push(...this.region(values, depth));
      else values.push(...this.straight(values));
    }
    return values;
  }
}

export function randomFunction(random: Random): MachineFunction<ToyOp> {
  const generator = new Generator(random);
  const { builder } = generator;
  builder.placeSources();
  const starts = kinds.map((kind) => {
    const vreg = builder.vreg(kind);
    builder.op(generator.op(), [def(vreg)]);
    return vreg;
  });
  const values = generator.body(starts, 0);
  for (const vreg of values) builder.op(generator.op(), [useAnywhere(vreg)]);
  return builder.finish("random");
}
