import { ByteWriter } from "./byte-writer.ts";
import type { Mnemonic } from "./instructions.ts";
import { instructions } from "./instructions.ts";

/** What a block leaves on the stack: nothing, or one value. */
export const emptyBlock = 0x40;

/** Value types by their encoding. */
export const valueTypes = { i32: 0x7f, f32: 0x7d, v128: 0x7b } as const;

export type ValueType = keyof typeof valueTypes;

interface Row {
  readonly opcode: Uint8Array;
  readonly immediates: readonly string[];
}

/** The rows of the table with their opcodes encoded. */
const rows: ReadonlyMap<string, Row> = new Map(
  Object.entries(instructions).map(([mnemonic, text]) => {
    const [prefix, ...rest] = text.split(" ") as [string, ...string[]];
    const writer = new ByteWriter();
    writer.byte(Number(prefix));
    const numbered = rest[0] !== undefined && /^\d+$/.test(rest[0]);
    if (numbered) writer.u32(Number(rest[0]));
    return [mnemonic, { opcode: writer.finish(), immediates: numbered ? rest.slice(1) : rest }];
  }),
);

/** Writes the instructions of one function, and counts the locals that it needs. */
export class FunctionWriter {
  readonly code = new ByteWriter();
  readonly #locals: ValueType[] = [];
  readonly #params: number;

  constructor(params: number) {
    this.#params = params;
  }

  /** A new local, by its index. */
  local(type: ValueType): number {
    return this.#params + this.#locals.push(type) - 1;
  }

  /** Appends an instruction with its immediates in the order of its row; 16 bytes count as one. */
  op(mnemonic: Mnemonic, ...immediates: readonly (number | ArrayLike<number>)[]): void {
    const { opcode, immediates: kinds } = rows.get(mnemonic) as Row;
    const { code } = this;
    for (let i = 0; i < opcode.length; i++) code.byte(opcode[i] as number);
    const { length } = kinds;
    if (length === 0 && immediates.length === 0) return;
    let next = 0;
    const take = (): number => immediates[next++] as number;
    for (let i = 0; i < length; i++) {
      const kind = kinds[i];
      if (kind === "v" || kind === "s") code.bytes(immediates[next++] as ArrayLike<number>);
      else if (kind === "f") code.f32(take());
      else if (kind === "i") code.s32(take());
      else if (kind === "b" || kind === "bt") code.byte(take());
      else if (kind === "m") {
        code.u32(take());
        code.u32(take());
      } else code.u32(take());
    }
    if (next !== immediates.length)
      throw new RangeError(`Bug: ${mnemonic} takes ${next} immediates, got ${immediates.length}.`);
  }

  /** A loop that does nothing, once. V8 unrolls innermost loops, which spills where registers are full; this makes the one around it another. */
  emptyLoop(): void {
    this.op("loop", emptyBlock);
    this.op("end");
  }

  /** The body as the code section holds it: locals by runs of one type, instructions, end. */
  finish(): Uint8Array {
    const writer = new ByteWriter();
    const runs: { type: ValueType; count: number }[] = [];
    for (const type of this.#locals) {
      const last = runs.at(-1);
      if (last?.type === type) last.count++;
      else runs.push({ type, count: 1 });
    }
    writer.u32(runs.length);
    for (const { type, count } of runs) {
      writer.u32(count);
      writer.byte(valueTypes[type]);
    }
    writer.bytes(this.code.finish());
    writer.byte(0x0b);
    return writer.finish();
  }
}
