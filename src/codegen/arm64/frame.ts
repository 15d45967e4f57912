import type { Allocation } from "../regalloc/allocate.ts";
import type { RegisterClass } from "../regalloc/machine-function.ts";
import type { Assembler } from "./assembler.ts";
import { fixed, isPreserved } from "./registers.ts";

/** Registers that a caller finds as they were, in pairs, and room for values without a register. */
export class Frame {
  readonly #general: readonly number[];
  readonly #vectors: readonly number[];
  readonly #slots: number;
  readonly #isScalable: boolean;

  constructor({ written, frameBytes }: Allocation<unknown>, isScalable: boolean) {
    this.#slots = frameBytes / 16;
    this.#isScalable = isScalable;
    const ids = (kind: "gpr" | "vec"): number[] => [...written[kind]].filter(isPreserved[kind]).sort((a, b) => a - b);
    this.#general = this.#hasPointer ? [...ids("gpr"), fixed.frame] : ids("gpr");
    this.#vectors = ids("vec");
  }

  get #hasPointer(): boolean {
    return this.#isScalable && this.#slots > 0;
  }

  /** Bytes of stack of constant size. */
  get #bytes(): number {
    return this.#savedBytes + 16 * this.#slots;
  }

  get #savedBytes(): number {
    return 16 * Math.ceil((this.#general.length + this.#vectors.length) / 2);
  }

  enter(a: Assembler): void {
    if (this.#bytes === 0) return;
    a.emit("sub_xi", fixed.sp, fixed.sp, this.#bytes);
    this.#saved((kind, id, offset) => void a.emit(kind === "gpr" ? "str_x" : "str_d", id, fixed.sp, offset));
    if (!this.#hasPointer) return;
    a.emit("add_xi", fixed.frame, fixed.sp, 0);
    this.#grow(a, -1);
  }

  leave(a: Assembler): void {
    if (this.#bytes === 0) return;
    if (this.#hasPointer) this.#grow(a, 1);
    this.#saved((kind, id, offset) => void a.emit(kind === "gpr" ? "ldr_x" : "ldr_d", id, fixed.sp, offset));
    a.emit("add_xi", fixed.sp, fixed.sp, this.#bytes);
  }

  store(a: Assembler, kind: RegisterClass, register: number, slot: number): void {
    this.#reach(a, { kind, register, slot, names: ["str_x", "str_q", "str_z", "str_p"] });
  }

  load(a: Assembler, kind: RegisterClass, register: number, slot: number): void {
    this.#reach(a, { kind, register, slot, names: ["ldr_x", "ldr_q", "ldr_z", "ldr_p"] });
  }

  #reach(a: Assembler, { kind, register, slot, names }: Reach): void {
    const [general, quad, vector, predicate] = names;
    const offset = this.#savedBytes + slot;
    if (kind === "gpr") a.emit(general, register, this.#hasPointer ? fixed.frame : fixed.sp, offset);
    else if (kind === "mask") this.#reachPredicate(a, predicate, register, slot / 16);
    else if (this.#isScalable) a.emit(vector, register, fixed.sp, slot / 16);
    else a.emit(quad, register, fixed.sp, offset);
  }

  /** Predicates are an eighth of a vector, and their instructions reach 32 vectors. */
  #reachPredicate(a: Assembler, mnemonic: Reach["names"][3], register: number, vectors: number): void {
    if (vectors < 32) {
      a.emit(mnemonic, register, fixed.sp, 8 * vectors);
      return;
    }
    a.emit("addvl", fixed.temporary, fixed.sp, 31);
    let rest = vectors - 31;
    for (; rest >= 32; rest -= 31) a.emit("addvl", fixed.temporary, fixed.temporary, 31);
    a.emit(mnemonic, register, fixed.temporary, 8 * rest);
  }

  #saved(each: (kind: "gpr" | "vec", id: number, offset: number) => void): void {
    this.#general.forEach((id, i) => void each("gpr", id, 8 * i));
    this.#vectors.forEach((id, i) => void each("vec", id, 8 * (this.#general.length + i)));
  }

  /** A vector for each slot. */
  #grow(a: Assembler, sign: 1 | -1): void {
    for (let rest = this.#slots; rest > 0; rest -= 31) a.emit("addvl", fixed.sp, fixed.sp, sign * Math.min(rest, 31));
  }
}

interface Reach {
  readonly kind: RegisterClass;
  readonly register: number;
  readonly slot: number;
  readonly names: readonly ["str_x" | "ldr_x", "str_q" | "ldr_q", "str_z" | "ldr_z", "str_p" | "ldr_p"];
}
