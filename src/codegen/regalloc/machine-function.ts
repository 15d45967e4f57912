/** Machine code before registers are assigned, as plain data that no instruction set owns. Control flow is nested regions. */

/** Registers that stand in for each other. A mask is a predicate; where masks are vectors, there are none. */
export type RegisterClass = (typeof registerClasses)[number];

export const registerClasses = ["gpr", "vec", "mask"] as const;

/** How an instruction treats a virtual register, as flags beside its number: operand = 16 · vreg + flags. */
export type Operand = number;

const flags = { use: 1, def: 2, memory: 4, early: 8 } as const;

/** Reads it. */
export const use = (vreg: number): Operand => 16 * vreg + flags.use;
/** Writes it, after all operands are read. */
export const def = (vreg: number): Operand => 16 * vreg + flags.def;
/** Writes it while other operands are still to be read. */
export const earlyDef = (vreg: number): Operand => 16 * vreg + flags.def + flags.early;
/** Reads it and leaves the result there: an accumulator, or the first source of a two-address instruction. */
export const both = (vreg: number): Operand => 16 * vreg + flags.use + flags.def;
/** Reads it, from memory just as well; of one operand of an instruction at most. */
export const useAnywhere = (vreg: number): Operand => 16 * vreg + flags.use + flags.memory;

export const vregOf = (operand: Operand): number => operand >>> 4;
export const isUse = (operand: Operand): boolean => (operand & flags.use) !== 0;
export const isDef = (operand: Operand): boolean => (operand & flags.def) !== 0;
export const isEarly = (operand: Operand): boolean => (operand & flags.early) !== 0;
export const mayBeMemory = (operand: Operand): boolean => (operand & flags.memory) !== 0;

/**
 * `op` is an instruction of the set, `move` a copy (def, use anywhere) of one class. `loop` begins a region that `repeat` ends and
 * branches back to; `when` branches over the region that `end` ends. Both branches read operands and fall through.
 */
export type InstructionKind = "op" | "move" | "loop" | "repeat" | "when" | "end";

export interface Instruction<P> {
  readonly kind: InstructionKind;
  /** What the instruction set makes of it; undefined for `move`, `loop` and `end`. */
  readonly payload: P | undefined;
  readonly operands: readonly Operand[];
  /** For `loop` and `when`: the virtual registers of outside that are written in the region. They have a value before. */
  readonly carried: readonly number[];
  /** Can be done again anywhere instead of keeping its result: reads no virtual register, writes one. */
  readonly again: boolean;
}

export interface MachineFunction<P> {
  readonly name: string;
  /** The class of each virtual register. */
  readonly classes: readonly RegisterClass[];
  /** Virtual registers that are a certain register wherever they live. */
  readonly fixed: ReadonlyMap<number, number>;
  readonly instructions: readonly Instruction<P>[];
}

/** The registers that an allocation may use, best first, and the bytes that one takes in memory. */
export interface RegisterFile {
  readonly registers: Readonly<Record<RegisterClass, readonly number[]>>;
  readonly slotBytes: Readonly<Record<RegisterClass, number>>;
}

const none: readonly number[] = [];

/** Appends the instructions of one function. */
export class MachineBuilder<P> {
  readonly classes: RegisterClass[] = [];
  readonly fixed = new Map<number, number>();
  readonly instructions: Instruction<P>[] = [];
  readonly #sources: Instruction<P>[] = [];
  #sourcesAt = 0;

  /** A new virtual register; with `register`, one that is that register. */
  vreg(kind: RegisterClass, register?: number): number {
    const vreg = this.classes.push(kind) - 1;
    if (register !== undefined) this.fixed.set(vreg, register);
    return vreg;
  }

  op(payload: P, operands: readonly Operand[]): void {
    this.instructions.push({ kind: "op", payload, operands, carried: none, again: false });
  }

  /** From here on values come that `source` makes, whenever they are asked for. */
  placeSources(): void {
    this.#sourcesAt = this.instructions.length;
  }

  /** An instruction that makes `result` from nothing, and may be repeated where it is used. */
  source(payload: P, result: number): void {
    this.#sources.push({ kind: "op", payload, operands: [def(result)], carried: none, again: true });
  }

  move(to: number, from: number): void {
    if (to === from) return;
    this.#push("move", undefined, [def(to), useAnywhere(from)]);
  }

  loop(carried: readonly number[]): void {
    this.instructions.push({ kind: "loop", payload: undefined, operands: none, carried, again: false });
  }

  /** Ends a loop: goes back to its start when the condition holds. */
  repeat(payload: P, operands: readonly Operand[]): void {
    this.#push("repeat", payload, operands);
  }

  /** Begins a region that is skipped when the condition holds. */
  when(payload: P, operands: readonly Operand[], carried: readonly number[]): void {
    this.instructions.push({ kind: "when", payload, operands, carried, again: false });
  }

  end(): void {
    this.#push("end", undefined, none);
  }

  finish(name: string): MachineFunction<P> {
    const { classes, fixed, instructions } = this;
    const [before, after] = [instructions.slice(0, this.#sourcesAt), instructions.slice(this.#sourcesAt)];
    return { name, classes, fixed, instructions: [...before, ...this.#sources, ...after] };
  }

  #push(kind: InstructionKind, payload: P | undefined, operands: readonly Operand[]): void {
    this.instructions.push({ kind, payload, operands, carried: none, again: false });
  }
}
