import type { Mnemonic } from "./instructions.ts";
import { instructions } from "./instructions.ts";
import type { OperandKind } from "./operand-kind.ts";
import { operandKind } from "./operand-kind.ts";

/** Consecutive bits of a word that hold consecutive bits of a field. */
interface Segment {
  /** The lowest bit in the word, and in the field. */
  readonly at: number;
  readonly from: number;
  readonly width: number;
}

/** A field of an instruction: where its bits are, and how its operand is written. */
export interface Field {
  readonly letter: string;
  readonly kind: OperandKind;
  readonly width: number;
  readonly segments: readonly Segment[];
}

/** A row of the table, taken apart. */
export interface Row {
  /** The bits that are the same for all operands. */
  readonly base: number;
  /** In the order of operands. */
  readonly fields: readonly Field[];
  /** Pieces of text, and operands by number with the kind to print them by. */
  readonly text: readonly (string | { readonly operand: number; readonly kind: OperandKind })[];
}

const rows = new Map<Mnemonic, Row>();

/** The row of a mnemonic. */
export function rowOf(mnemonic: Mnemonic): Row {
  const known = rows.get(mnemonic);
  if (known) return known;
  const row = parse(mnemonic, instructions[mnemonic]);
  rows.set(mnemonic, row);
  return row;
}

function parse(mnemonic: string, source: string): Row {
  const [left, syntax] = source.split(" | ") as [string, string];
  const bits = left.replaceAll(" ", "");
  if (bits.length !== 32) throw new RangeError(`Bug: the row of ${mnemonic} has ${bits.length} bits.`);
  const names: string[] = [];
  const fields: Field[] = [];
  const text: Row["text"][number][] = [];
  for (const piece of syntax.split(/(<[^>]*>)/)) {
    const [, letter, kind = ""] = /^<(\w)(?::([^>]*))?>$/.exec(piece) ?? [];
    if (letter === undefined) {
      if (piece !== "") text.push(piece);
      continue;
    }
    if (!names.includes(letter)) {
      names.push(letter);
      fields.push(fieldOf(bits, letter, operandKind(kind)));
    }
    text.push({ operand: names.indexOf(letter), kind: operandKind(kind) });
  }
  return { base: Number.parseInt(bits.replace(/[^1]/g, "0"), 2) >>> 0, fields, text };
}

/** The field of a letter: bits from the highest on, those of the capital before those of the letter. */
function fieldOf(bits: string, letter: string, kind: OperandKind): Field {
  const places = [letter.toUpperCase(), letter].flatMap((name) =>
    [...bits].flatMap((bit, index) => (bit === name ? [31 - index] : [])),
  );
  const segments: Segment[] = [];
  places.reverse().forEach((at, from) => {
    const last = segments.at(-1);
    if (last && last.at + last.width === at) segments[segments.length - 1] = { ...last, width: last.width + 1 };
    else segments.push({ at, from, width: 1 });
  });
  return { letter, kind, width: places.length, segments };
}
