import { encode } from "./encode.ts";
import type { Instruction, Mnemonic } from "./instructions.ts";
import { pairOf } from "./pair.ts";
import { print } from "./print.ts";

/** A place in the code, by identity. */
export class Label {
  /** Bytes from the start, once it is bound. */
  offset: number | undefined;
}

/** What an instruction takes: a register or immediate, a place in the code, or bytes that are put behind the code. */
export type AssemblerOperand = number | Label | Uint8Array;

interface Line {
  readonly offset: number;
  readonly mnemonic: Mnemonic;
  readonly operands: readonly AssemblerOperand[];
}

/** Collects instructions, labels and literals, and writes them as bytes and as text. */
export class Assembler {
  readonly #lines: Line[] = [];
  readonly #labels = new Map<number, Label[]>();
  readonly #literals = new Map<string, { readonly label: Label; readonly bytes: Uint8Array }>();
  #offset = 0;
  /** Where the code ends and literals begin, once that is known. */
  #end = -1;

  /** Bytes so far. */
  get offset(): number {
    return this.#offset;
  }

  /** Appends an instruction. A load or store beside the one before becomes a pair with it. */
  emit(mnemonic: Mnemonic, ...operands: readonly AssemblerOperand[]): void {
    const settled = operands.map((operand) => (operand instanceof Uint8Array ? this.#literal(operand) : operand));
    const line = { offset: this.#offset, mnemonic, operands: settled };
    const last = this.#labels.has(this.#offset) ? undefined : this.#lines.at(-1);
    const both = last && pairOf(last, line);
    if (both) this.#lines[this.#lines.length - 1] = { ...line, ...both, offset: last.offset };
    else {
      this.#lines.push(line);
      this.#offset += 4;
    }
  }

  bind(label: Label): void {
    if (label.offset !== undefined) throw new RangeError("Bug: a label is bound twice.");
    label.offset = this.#offset;
    const here = this.#labels.get(this.#offset);
    if (here) here.push(label);
    else this.#labels.set(this.#offset, [label]);
  }

  /** Fills up with instructions that do nothing. */
  align(bytes: number): void {
    while (this.#offset % bytes !== 0) this.emit("nop");
  }

  /** The bytes, to be placed at a multiple of 16, with literals behind the code. Nothing is appended afterwards. */
  finish(): Uint8Array<ArrayBuffer> {
    this.#place();
    const out = new Uint8Array(Math.ceil(this.#offset / 16) * 16);
    const view = new DataView(out.buffer);
    for (const line of this.#lines) view.setUint32(line.offset, encode(settle(line)), true);
    for (const { label, bytes } of this.#literals.values()) out.set(bytes, label.offset);
    return out;
  }

  /** Puts literals where the code ends, the longest first. */
  #place(): void {
    if (this.#end >= 0) return;
    this.align(16);
    this.#end = this.#offset;
    for (const { label, bytes } of [...this.#literals.values()].sort((a, b) => b.bytes.length - a.bytes.length)) {
      label.offset = this.#offset;
      this.#offset += bytes.length;
    }
  }

  #literal(bytes: Uint8Array): Label {
    const key = bytes.join();
    const known = this.#literals.get(key);
    if (known) return known.label;
    const label = new Label();
    this.#literals.set(key, { label, bytes });
    return label;
  }

  /** The same as text for GNU as, with labels that begin with `prefix`. */
  listing(prefix = ".L"): string {
    const view = new DataView(this.finish().buffer);
    const places = new Set(this.#lines.flatMap(({ operands }) => operands.flatMap((each) => targetOf(each) ?? [])));
    const names = new Map([...places].sort((a, b) => a - b).map((offset, i) => [offset, prefix + i]));
    const text: string[] = [];
    const name = (offset: number): void => {
      const found = names.get(offset);
      if (found !== undefined) text.push(`${found}:`);
    };
    for (const line of this.#lines) {
      name(line.offset);
      const target = line.operands.flatMap((each) => targetOf(each) ?? [])[0];
      text.push(`  ${print(settle(line), target === undefined ? undefined : names.get(target))}`);
    }
    for (let at = this.#end; at < view.byteLength; at += 4) {
      name(at);
      text.push(`  .word 0x${view.getUint32(at, true).toString(16)}`);
    }
    return `${text.join("\n")}\n`;
  }
}

const targetOf = (operand: AssemblerOperand): number | undefined =>
  operand instanceof Label ? operand.offset : undefined;

/** The instruction with distances for labels. */
function settle({ offset, mnemonic, operands }: Line): Instruction {
  const numbers = operands.map((operand) => {
    if (typeof operand === "number") return operand;
    const target = targetOf(operand);
    if (target === undefined) throw new RangeError(`Bug: ${mnemonic} goes to a label that is not bound.`);
    return target - offset;
  });
  return { mnemonic, operands: numbers };
}
