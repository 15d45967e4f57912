import { broadcastStrides } from "../elementwise/collapse.ts";

/** A tensor beside the rows of a product: its outer strides and that from row to row, in elements; and whether one element serves a row. */
export interface Beside {
  readonly strides: readonly number[];
  readonly repeats: boolean;
}

/** A batch of matrix products, with as many rows in each as the operands allow. */
export interface Product {
  /** Extents of the batch, outermost first; empty for one product. */
  readonly extents: readonly number[];
  readonly m: number;
  readonly n: number;
  readonly depth: number;
  /** For a: strides through the batch and from row to row, in elements. */
  readonly a: readonly number[];
  /** For b: strides through the batch, in matrices. */
  readonly b: readonly number[];
  /** What follows the product takes, element by element. */
  readonly others: readonly Beside[];
}

export interface ProductShapes {
  readonly a: readonly number[];
  readonly b: readonly number[];
  /** Shapes that broadcast to that of the product. */
  readonly others: readonly (readonly number[])[];
}

/** Dimensions that every operand walks through evenly are one; those that b repeats join the rows of a. */
export function productOf({ a, b, others }: ProductShapes): Product {
  const [depth, n] = [a.at(-1) as number, b.length > 1 ? (b.at(-1) as number) : 1];
  const [aRows, bBatch] = [a.length > 1 ? a.slice(0, -1) : [1], b.slice(0, -2)];
  const rank = Math.max(aRows.length, bBatch.length + 1);
  const result = withoutVectors({ rank, aRows, bBatch });
  const rows = others.map((shape) => rowsOf(shape, { columns: b.length > 1, rows: a.length > 1 }));
  const strides = [
    scaled(broadcastStrides(aRows, rank), depth),
    broadcastStrides([...bBatch, 1], rank),
    ...rows.map(({ shape, width }) => scaled(broadcastStrides(shape, rank), width)),
  ];
  const joined = join(result, strides);
  const [aStrides, bStrides, ...rest] = joined.strides as [number[], number[], ...number[][]];
  const last = joined.extents.length - 1;
  const varies = last < 0 || bStrides[last] !== 0 || aStrides[last] === 0;
  const cut = varies ? joined.extents.length : last;
  const outer = (list: readonly number[]): number[] => [...list.slice(0, cut), varies ? 0 : (list[last] as number)];
  return {
    extents: joined.extents.slice(0, cut),
    m: varies ? 1 : (joined.extents[last] as number),
    n,
    depth,
    a: outer(aStrides),
    b: bStrides.slice(0, cut),
    others: rest.map((list, i) => ({ strides: outer(list), repeats: rows[i]?.width !== n || n === 1 })),
  };
}

const scaled = (strides: readonly number[], by: number): number[] => strides.map((stride) => stride * by);

/** The extents of the result without its columns, a row where `a` is a vector. */
function withoutVectors({
  rank,
  aRows,
  bBatch,
}: {
  rank: number;
  aRows: readonly number[];
  bBatch: readonly number[];
}): number[] {
  const [first, second] = [aRows, [...bBatch, 1]].map((shape) => [
    ...new Array<number>(rank - shape.length).fill(1),
    ...shape,
  ]) as [number[], number[]];
  return first.map((extent, d) => (extent === 1 ? (second[d] as number) : extent));
}

/** A shape that broadcasts to the product's as rows of `width` elements, with an axis for rows and one for columns put back. */
function rowsOf(
  shape: readonly number[],
  has: { readonly rows: boolean; readonly columns: boolean },
): { readonly shape: readonly number[]; readonly width: number } {
  if (!has.columns) return { shape: has.rows ? shape : [...shape, 1], width: 1 };
  const [outer, width] = [shape.slice(0, -1), shape.at(-1) ?? 1];
  return { shape: has.rows ? outer : [...outer, 1], width };
}

/** Joins neighbouring dimensions through which all walk evenly; those of one element are left out. */
function join(
  extents: readonly number[],
  strides: readonly (readonly number[])[],
): { readonly extents: number[]; readonly strides: number[][] } {
  const joined: number[] = [];
  const lists: number[][] = strides.map(() => []);
  extents.forEach((extent, d) => {
    if (extent === 1) return;
    const even = joined.length > 0 && strides.every((s, i) => lists[i]?.at(-1) === (s[d] as number) * extent);
    if (even) joined[joined.length - 1] = (joined.at(-1) as number) * extent;
    else joined.push(extent);
    strides.forEach((s, i) => {
      const list = lists[i] as number[];
      if (even) list[list.length - 1] = s[d] as number;
      else list.push(s[d] as number);
    });
  });
  return { extents: joined, strides: lists };
}
