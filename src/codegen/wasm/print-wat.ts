/** Writes functions in the text format of WebAssembly, from the bytes that a module holds: what is shown is what runs. */
import { emptyBlock, valueTypes } from "./function-writer.ts";
import { instructions } from "./instructions.ts";
import type { ModuleFunction, ModuleOptions } from "./module.ts";

interface Row {
  readonly mnemonic: string;
  readonly immediates: readonly string[];
}

/** Rows by opcode: one byte, or a prefix and a number. */
const rows: ReadonlyMap<string, Row> = new Map(
  Object.entries(instructions).map(([mnemonic, text]) => {
    const [opcode, ...rest] = text.split(" ") as [string, ...string[]];
    const isNumbered = rest[0] !== undefined && /^\d+$/.test(rest[0]);
    const key = isNumbered ? `${Number(opcode)} ${rest[0]}` : String(Number(opcode));
    return [key, { mnemonic, immediates: isNumbered ? rest.slice(1) : rest }];
  }),
);

const prefixes: ReadonlySet<number> = new Set([0xfc, 0xfd]);
const typeNames: ReadonlyMap<number, string> = new Map(Object.entries(valueTypes).map(([name, code]) => [code, name]));

/** A module with these functions, as encodeModule makes it: what it imports, and each function by its name. */
export function printWat(functions: readonly ModuleFunction[], { shared }: Pick<ModuleOptions, "shared">): string {
  const memory = shared ? "(memory 0 65536 shared)" : "(memory 0)";
  const imports = [`  (import "env" "memory" ${memory})`, '  (import "env" "scratch" (global $scratch i32))'];
  return `${["(module", ...imports, ...functions.map(printFunction)].join("\n")})\n`;
}

function printFunction({ name, body }: ModuleFunction): string {
  const reader = new Reader(body);
  const locals = Array.from({ length: reader.u32() }, () => {
    const count = reader.u32();
    return `${` ${typeNames.get(reader.byte())}`.repeat(count)}`;
  });
  const head = `  (func (export "${name}") (param $args i32) (param $begin i32) (param $end i32)`;
  const lines = locals.length === 0 ? [head] : [head, `    (local${locals.join("")})`];
  let depth = 2;
  for (;;) {
    const { mnemonic, immediates } = reader.instruction();
    if (mnemonic === "end" || mnemonic === "else") depth--;
    if (depth < 2) break;
    lines.push("  ".repeat(depth) + [mnemonic, ...immediates].join(" "));
    if (mnemonic === "block" || mnemonic === "loop" || mnemonic === "if" || mnemonic === "else") depth++;
  }
  return `${lines.join("\n")})`;
}

/** Reads the body of a function. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  byte(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  u32(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }

  instruction(): { readonly mnemonic: string; readonly immediates: readonly string[] } {
    const first = this.byte();
    const key = prefixes.has(first) ? `${first} ${this.u32()}` : String(first);
    const row = rows.get(key);
    if (row === undefined) throw new RangeError(`Bug: no instruction has the opcode ${key}.`);
    const { mnemonic, immediates } = row;
    if (mnemonic === "call_indirect") {
      const [type, table] = [this.u32(), this.u32()];
      return { mnemonic, immediates: [String(table), `(type ${type})`] };
    }
    return { mnemonic, immediates: immediates.flatMap((kind) => this.#immediate(kind)) };
  }

  #immediate(kind: string): string[] {
    if (kind === "bt") {
      const type = this.byte();
      return type === emptyBlock ? [] : [`(result ${typeNames.get(type)})`];
    }
    if (kind === "m") {
      const [align, offset] = [this.u32(), this.u32()];
      return [...(offset > 0 ? [`offset=${offset}`] : []), `align=${2 ** align}`];
    }
    if (kind === "v") return ["i32x4", ...[0, 1, 2, 3].map(() => `0x${this.#word().toString(16).padStart(8, "0")}`)];
    if (kind === "s") return Array.from({ length: 16 }, () => String(this.byte()));
    if (kind === "f") return [floatText(this.#word())];
    if (kind === "i") return [String(this.#s32())];
    return [String(kind === "b" ? this.byte() : this.u32())];
  }

  #word(): number {
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }

  #s32(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte >= 0x80) continue;
      return shift < 28 && byte & 0x40 ? value | (-1 << (shift + 7)) : value;
    }
  }
}

/** The text of an f32 by its bits; reading it back gives the same bits. */
function floatText(bits: number): string {
  const [value = 0] = new Float32Array(Uint32Array.of(bits).buffer);
  const sign = bits >>> 31 ? "-" : "";
  if (Number.isNaN(value)) return `${sign}nan:0x${(bits & 0x7fffff).toString(16)}`;
  return `${sign}${Number.isFinite(value) ? String(Math.abs(value)) : "inf"}`;
}
