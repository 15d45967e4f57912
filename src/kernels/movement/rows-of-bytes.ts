import { size, vector } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { View } from "../../ir/view.ts";
import type { Launch } from "../schedule.ts";
import type { Body, Loop } from "./copy-plan.ts";

/** What kernels that copy rows are made for. */
export interface RowsOfBytes {
  /** Loops around the rows. */
  readonly rank: number;
  /** Bytes of an element, or "words" and "bytes" for runs of whole words and of any bytes. */
  readonly body: "words" | "bytes" | 1 | 2 | 4 | 8 | 16;
}

/** Bytes that one item copies, more or less. */
const itemBytes = 32_768;
/** Elements of one item: they are moved one by one. */
const itemElements = 4096;

type Sizes = Record<string, ReturnType<typeof size>>;

const outerNames = (rank: number): string[] =>
  Array.from({ length: rank }, (_, d) => [`extent${d}`, `from${d}`, `to${d}`]).flat();

/**
 * The arguments of a kernel that walks over rows: loops around them with extents and byte strides, `rows` of the innermost loop that are
 * `rowFrom` and `rowTo` bytes apart, and `length` bytes of a row. An item is `block` rows of all, or one of `parts` of one row.
 */
export function rowsSignature(rank: number) {
  const sizes: Sizes = Object.fromEntries(outerNames(rank).map((name) => [name, size()]));
  return {
    from: vector("u8"),
    to: vector("u8"),
    ...sizes,
    total: size(),
    rows: size(),
    rowFrom: size(),
    rowTo: size(),
    length: size(),
    block: size(),
    parts: size(),
    part: size(),
  };
}

export interface RowArguments {
  readonly total: Node;
  readonly rows: Node;
  readonly length: Node;
  readonly block: Node;
  readonly parts: Node;
  readonly part: Node;
}

/** A row, or a part of one: the offsets of its loops at source and target, its number among the innermost rows, and its first byte and bytes. */
export interface Piece {
  readonly item: Node;
  /** The turn of the outer loops. */
  readonly outer: Node;
  readonly from: Node;
  readonly to: Node;
  readonly row: Node;
  readonly start: Node;
  readonly bytes: Node;
}

export interface RowWalk {
  readonly rank: number;
  /** At the beginning of each item. */
  readonly begin?: (item: Node) => void;
  readonly row: (piece: Piece) => void;
  /** Four rows at once, the piece being the first of them, where rows have one part; the others one by one. */
  readonly four?: ((piece: Piece) => void) | undefined;
  /** At the end of each item. */
  readonly end?: (item: Node) => void;
}

/** Does each row, or part of one, of the items. */
export function eachRow(k: Builder, args: RowArguments, { rank, begin, row: body, four, end: finish }: RowWalk): void {
  const { total, rows, length, block, parts, part } = args;
  k.items((item) => {
    begin?.(item);
    const start = k.imul(k.irem(item, parts), part);
    const bytes = k.imin(k.isub(length, start), part);
    const first = k.imul(k.idiv(item, parts), block);
    const end = k.imin(k.iadd(first, block), total);
    k.loop(k.idiv(first, rows), k.idiv(k.iadd(end, k.isub(rows, 1)), rows), 1, (outer) => {
      const offsets = offsetsOf(k, rank, outer, args as unknown as Readonly<Record<string, Node>>);
      const before = k.imul(outer, rows);
      const piece = (row: Node): Piece => ({ item, outer, row, start, bytes, ...offsets });
      const [lo, hi] = [k.imax(k.isub(first, before), 0), k.imin(k.isub(end, before), rows)];
      const rest = four ? k.iadd(lo, k.and(k.isub(hi, lo), -4)) : lo;
      if (four) k.loop(lo, rest, 4, (row) => four(piece(row)));
      k.loop(rest, hi, 1, (row) => body(piece(row)));
    });
    finish?.(item);
  });
}

/** Where the rows of one turn of the outer loops begin, in bytes. */
export function offsetsOf(
  k: Builder,
  rank: number,
  outer: Node,
  args: Readonly<Record<string, Node>>,
): { readonly from: Node; readonly to: Node } {
  let [from, to, rest] = [k.integer(0), k.integer(0), outer];
  for (let d = rank - 1; d >= 0; d--) {
    const extent = args[`extent${d}`] as Node;
    const index = d === 0 ? rest : k.irem(rest, extent);
    if (d > 0) rest = k.idiv(rest, extent);
    from = k.iadd(from, k.imul(index, args[`from${d}`] as Node));
    to = k.iadd(to, k.imul(index, args[`to${d}`] as Node));
  }
  return { from, to };
}

/** A place `bytes` beyond another. */
export const beyond = (k: Builder, { pointer }: View, ...bytes: readonly Node[]): View => ({
  pointer: bytes.reduce((sum, each) => k.iadd(sum, each), pointer),
  storage: "u8",
});

/** Copies the `bytes` of a row. */
export function copyBytes(
  k: Builder,
  body: RowsOfBytes["body"],
  { from, to, bytes }: { readonly from: View; readonly to: View; readonly bytes: Node },
): void {
  const [source, target] = [from, to].map(({ pointer }) => ({ pointer, storage: "i32" as const })) as [View, View];
  if (body === 16) k.storeQuad(target, 0, k.loadQuad(source, 0));
  else if (body === 8 || body === 4) {
    const words = Array.from({ length: body / 4 }, (_, i) => k.loadScalar(source, i));
    words.forEach((word, i) => void k.storeScalar(target, i, word));
  } else if (body === 2) k.storeScalar({ ...to, storage: "u16" }, 0, k.loadScalar({ ...from, storage: "u16" }, 0));
  else if (body === 1) k.storeScalar(to, 0, k.loadScalar(from, 0));
  else {
    const words = k.shr(bytes, 2);
    k.vectors(words, (i, part) => k.store(target, i, k.load(source, i, part), part));
    if (body === "bytes") k.loop(k.shl(words, 2), bytes, 1, (i) => k.storeScalar(to, i, k.loadScalar(from, i)));
  }
}

/** The kernel's form of a body. */
export function bodyForm(body: Body): RowsOfBytes["body"] {
  if (body.kind === "element") return body.bytes;
  return body.bytes % 4 === 0 ? "words" : "bytes";
}

const product = (counts: readonly number[]): number => counts.reduce((all, count) => all * count, 1);

/** The argument words and items for rows, the innermost of the loops, of this body. */
export function rowsLaunch(
  body: Body,
  loops: readonly Loop[],
): Pick<Launch, "items" | "flops" | "bytes"> & { readonly words: Record<string, number> } {
  const outer = loops.slice(0, -1);
  const { count: rows, from: rowFrom, to: rowTo } = loops.at(-1) ?? { count: 1, from: 0, to: 0 };
  const total = rows * product(outer.map(({ count }) => count));
  const { bytes: length } = body;
  const part = body.kind === "element" ? length : Math.min(length, itemBytes);
  const parts = Math.ceil(length / part);
  const perItem = body.kind === "element" ? itemElements : Math.ceil(itemBytes / length);
  const block = parts > 1 ? 1 : Math.min(perItem, total);
  const words: Record<string, number> = { total, rows, rowFrom, rowTo, length, block, parts, part };
  outer.forEach(({ count, from, to }, d) => {
    words[`extent${d}`] = count;
    words[`from${d}`] = from;
    words[`to${d}`] = to;
  });
  return { words, items: parts * Math.ceil(total / block), flops: 0, bytes: 2 * total * length };
}
