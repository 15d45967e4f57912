/** Up to 7 short elements, where memory beyond them must not be touched: one, then two, then four of them. */
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import { widthOf } from "../../ir/type.ts";
import type { Mnemonic } from "./instructions.ts";
import type { Argument } from "./machine-op.ts";
import { from, inout, to } from "./machine-op.ts";
import { rdi } from "./registers.ts";
import type { Selector } from "./selector.ts";

/** Loads of the low bytes of a register that keep the others, and stores of them. */
const inserts: Readonly<Record<number, Mnemonic>> = { 1: "vpinsrb", 2: "vpinsrw", 4: "vpinsrd", 8: "vpinsrq" };
const extracts: Readonly<Record<number, Mnemonic>> = { 1: "vpextrb", 2: "vpextrw", 4: "vmovd", 8: "vmovq" };

interface Pieces {
  readonly bytes: number;
  readonly count: number;
  /** Where a piece of so many elements begins: after the larger ones. */
  at(elements: number): Argument;
}

/** The base address in a register, so that the distance of a piece can be added to it. */
function piecesOf(s: Selector, node: Node, count: Node): Pieces {
  const bytes = widthOf(node.immediate["storage"] as Storage);
  const amount = s.valueOf(count);
  const { disp, index } = s.address(node);
  const start = index ?? s.integer(0);
  return {
    bytes,
    count: amount,
    at(elements) {
      if (elements === 4) return { base: rdi, index: start, disp };
      const larger = s.copy(amount);
      s.op("and", { width: 32 }, inout(larger), 8 - 2 * elements);
      if (bytes > 1) s.op("shl", { width: 32 }, inout(larger), Math.log2(bytes));
      s.op("add", { width: 32 }, inout(larger), from(start));
      return { base: rdi, index: larger, disp };
    },
  };
}

/** Runs `body` where the bit of `count` that stands for so many elements is set. */
function whenBit(s: Selector, { count }: Pieces, elements: number, carried: number, body: () => void): void {
  s.when({ mnemonic: "test", args: [from(count), elements], jump: "e" }, [carried]);
  s.enter();
  body();
  s.leave();
  s.builder.end();
}

/** The first elements in the low lanes of a register, the others 0. */
export function readPieces(s: Selector, node: Node, count: Node): number {
  const pieces = piecesOf(s, node, count);
  const { bytes } = pieces;
  const value = s.copy(s.float(0));
  for (const elements of [1, 2, 4]) {
    whenBit(s, pieces, elements, value, () => {
      const shifted = elements > 1 ? s.builder.vreg("vec") : value;
      if (elements > 1) s.op("vpslldq", { width: 128 }, to(shifted), from(value), elements * bytes);
      const loaded = s.builder.vreg("vec");
      s.op(inserts[elements * bytes] as Mnemonic, {}, to(loaded), from(shifted), pieces.at(elements), 0);
      s.builder.move(value, loaded);
    });
  }
  return value;
}

/** Writes the first elements, which are in the low lanes of `value`. */
export function writePieces(s: Selector, node: Node, { count, value }: { count: Node; value: number }): void {
  const pieces = piecesOf(s, node, count);
  const { bytes } = pieces;
  const rest = s.copy(value);
  for (const elements of [4, 2, 1]) {
    whenBit(s, pieces, elements, rest, () => {
      const size = elements * bytes;
      const at = pieces.at(elements);
      if (size <= 2) s.op(extracts[size] as Mnemonic, {}, at, from(rest), 0);
      else s.op(extracts[size] as Mnemonic, {}, at, from(rest));
      if (elements === 1) return;
      const shifted = s.builder.vreg("vec");
      s.op("vpsrldq", { width: 128 }, to(shifted), from(rest), size);
      s.builder.move(rest, shifted);
    });
  }
}
