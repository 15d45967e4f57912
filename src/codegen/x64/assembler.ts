/** Collects instructions and constants as data, and writes them as machine code. */
import { ConstantPool } from "./constant-pool.ts";
import type { Mnemonic } from "./instructions.ts";
import type { Condition } from "./instructions-general.ts";
import { layOut } from "./layout.ts";
import type { Instruction, Options } from "./match.ts";
import { matchForm } from "./match.ts";
import type { Label, Operand, Pool } from "./operand.ts";

/** What an assembler holds: an instruction, or a label that stands at this place, or an alignment of what follows, in bytes. */
export type Item = Instruction | { readonly bind: Label } | { readonly align: number };

/** A function in the making. Labels belong to the assembler that made them. */
export class Assembler {
  readonly #items: Item[] = [];
  readonly #pool = new ConstantPool();
  #labels = 0;

  /** What was emitted, in order. */
  get items(): readonly Item[] {
    return this.#items;
  }

  /** The bytes of the constants. */
  get pool(): readonly number[] {
    return this.#pool.bytes;
  }

  /** Adds an instruction; operands in the Intel manual's order, the destination first. */
  emit(mnemonic: Mnemonic, options: Options, ...operands: readonly Operand[]): void {
    this.#items.push(matchForm(mnemonic, options, operands));
  }

  /** A new label, to be bound once. */
  label(): Label {
    return { label: this.#labels++ };
  }

  /** Places a label before the next instruction. */
  bind(label: Label): void {
    this.#items.push({ bind: label });
  }

  /** Fills with no-operations until the next instruction's address is a multiple of `bytes`, 64 at most. */
  align(bytes: 2 | 4 | 8 | 16 | 32 | 64): void {
    this.#items.push({ align: bytes });
  }

  jmp(target: Label): void {
    this.emit("jmp", {}, target);
  }

  jcc(condition: Condition, target: Label): void {
    this.emit(`j${condition}`, {}, target);
  }

  /** A memory operand that holds these bytes; equal constants share their place. */
  constant(bytes: Uint8Array): Pool {
    return this.#pool.constant(bytes);
  }

  /** The code, then the constants, whose start is a multiple of 64. The whole has to be placed at a multiple of 64. */
  finish(): Uint8Array<ArrayBuffer> {
    return layOut(this.#items, this.#pool.bytes);
  }
}
