// The one matrix product of the evals: f64 accumulation in the order of k, one rounding when the result is stored.
// Operands are reached through tables of offsets, so transposes, batches and the windows of a convolution need no copy.

import type { EvalContext } from "../graph/op.ts";
import type { NumberArray } from "../tensor/numbers.ts";

/** Numbers seen as a matrix: element (i, j) is data[offset + rows[i] + columns[j]]. */
export interface MatrixView {
  readonly data: NumberArray;
  readonly offset: number;
  readonly rows: Int32Array;
  readonly columns: Int32Array;
}

/** The offsets of `count` rows or columns that lie `stride` elements apart. */
export function evenOffsets(count: number, stride: number): Int32Array {
  const offsets = new Int32Array(count);
  for (let i = 0; i < count; i++) offsets[i] = i * stride;
  return offsets;
}

const tileRows = 4;
const tileColumns = 2;
const blockColumns = 32;
const blockElements = 1 << 18;
const shortDepth = 64;
/** Products of two numbers, about, between two looks at whether the run was cancelled. */
const productsAtOnce = 1 << 22;

export interface ProductOptions {
  /** What is added to the product. */
  readonly plus?: MatrixView | undefined;
  /** Polled now and then, however large the product. */
  readonly context: Pick<EvalContext, "poll">;
}

/**
 * c = a·b, or a·b + plus. Sums are f64, in ascending k, and rounded once when stored in c's array (integer arrays wrap): the
 * result does not depend on the sizes of m and n. Exact for integers as long as the sums stay below 2^53.
 */
export function denseProduct(a: MatrixView, b: MatrixView, c: MatrixView, options: ProductOptions): void {
  const [m, k] = [a.rows.length, a.columns.length];
  if (m < tileRows || k === 0) {
    productOfFewRows(a, b, c, options);
    return;
  }
  const rowsAtOnce = Math.max(tileRows, Math.floor(blockElements / k / tileRows) * tileRows);
  for (let first = 0; first < m; first += rowsAtOnce)
    productOfRows(a, b, c, options, first, Math.min(m, first + rowsAtOnce));
}

/** Rows [first, end) of the result: those rows of a are packed once, b a block of columns at a time. */
function productOfRows(
  a: MatrixView,
  b: MatrixView,
  c: MatrixView,
  { plus, context }: ProductOptions,
  first: number,
  end: number,
): void {
  const [k, n] = [a.columns.length, c.columns.length];
  const packedA = packRows(a, first, end);
  const packedB = new Float64Array(k * Math.min(blockColumns, n + (n & 1)));
  const sums = new Float64Array(tileRows * tileColumns);
  for (let block = 0; block < n; block += blockColumns) {
    context.poll();
    const blockEnd = Math.min(n, block + blockColumns);
    packColumns(b, block, blockEnd, packedB);
    for (let j = block; j < blockEnd; j += tileColumns) {
      for (let i = first; i < end; i += tileRows) {
        productTile(packedA, (i - first) * k, packedB, (j - block) * k, k, sums);
        storeTile(sums, c, plus, i, Math.min(end, i + tileRows), j, Math.min(n, j + tileColumns));
      }
    }
  }
}

/** Panels of four rows, row index fastest; rows past the end are zero. */
function packRows(a: MatrixView, first: number, end: number): Float64Array {
  const { data, offset, rows, columns } = a;
  const k = columns.length;
  const packed = new Float64Array(Math.ceil((end - first) / tileRows) * tileRows * k);
  for (let i = first; i < end; i++) {
    const from = offset + rows[i]!;
    const lane = (i - first) % tileRows;
    let to = (i - first - lane) * k + lane;
    for (let p = 0; p < k; p++, to += tileRows) packed[to] = data[from + columns[p]!]!;
  }
  return packed;
}

/** Panels of two columns, column index fastest; an odd last column is paired with zeros. */
function packColumns(b: MatrixView, first: number, end: number, packed: Float64Array): void {
  const { data, offset, rows, columns } = b;
  const [k, pairs] = [rows.length, (end - first) >> 1];
  const isOdd = ((end - first) & 1) === 1;
  for (let p = 0; p < k; p++) {
    const from = offset + rows[p]!;
    let to = p * tileColumns;
    for (let pair = 0, j = first; pair < pairs; pair++, j += tileColumns, to += tileColumns * k) {
      packed[to] = data[from + columns[j]!]!;
      packed[to + 1] = data[from + columns[j + 1]!]!;
    }
    if (isOdd) {
      packed[to] = data[from + columns[end - 1]!]!;
      packed[to + 1] = 0;
    }
  }
}

/** The 4×2 sums of one tile, kept in locals over all of k. */
function productTile(a: Float64Array, aAt: number, b: Float64Array, bAt: number, k: number, sums: Float64Array): void {
  let [c00, c01, c10, c11, c20, c21, c30, c31] = [0, 0, 0, 0, 0, 0, 0, 0];
  let [i, j] = [aAt, bAt];
  for (let p = 0; p < k; p++, i += 4, j += 2) {
    const b0 = b[j]!;
    const b1 = b[j + 1]!;
    const a0 = a[i]!;
    c00 += a0 * b0;
    c01 += a0 * b1;
    const a1 = a[i + 1]!;
    c10 += a1 * b0;
    c11 += a1 * b1;
    const a2 = a[i + 2]!;
    c20 += a2 * b0;
    c21 += a2 * b1;
    const a3 = a[i + 3]!;
    c30 += a3 * b0;
    c31 += a3 * b1;
  }
  sums[0] = c00;
  sums[1] = c01;
  sums[2] = c10;
  sums[3] = c11;
  sums[4] = c20;
  sums[5] = c21;
  sums[6] = c30;
  sums[7] = c31;
}

function storeTile(
  sums: Float64Array,
  c: MatrixView,
  plus: MatrixView | undefined,
  i0: number,
  i1: number,
  j0: number,
  j1: number,
): void {
  for (let i = i0; i < i1; i++) {
    for (let j = j0; j < j1; j++) {
      const sum = sums[(i - i0) * tileColumns + j - j0]!;
      c.data[c.offset + c.rows[i]! + c.columns[j]!] = plus === undefined ? sum : sum + at(plus, i, j);
    }
  }
}

const at = ({ data, offset, rows, columns }: MatrixView, i: number, j: number): number =>
  data[offset + rows[i]! + columns[j]!]!;

/** The product for few rows, where packing b would cost more than it saves: as many columns at a time as make a stretch of work. */
function productOfFewRows(a: MatrixView, b: MatrixView, c: MatrixView, { plus, context }: ProductOptions): void {
  const n = c.columns.length;
  const stretch = Math.max(blockColumns, Math.floor(productsAtOnce / Math.max(1, a.rows.length * a.columns.length)));
  for (let first = 0; first < n; first += stretch) {
    context.poll();
    const [bPart, cPart, plusPart] = [b, c, plus].map((view) => view && columnsOf(view, first, first + stretch));
    productByRows(a, bPart as MatrixView, cPart as MatrixView, plusPart);
  }
}

const columnsOf = (view: MatrixView, first: number, end: number): MatrixView => ({
  ...view,
  columns: view.columns.subarray(first, end),
});

function productByRows(a: MatrixView, b: MatrixView, c: MatrixView, plus: MatrixView | undefined): void {
  const [k, n] = [a.columns.length, c.columns.length];
  const sums = new Float64Array(n);
  const row = new Float64Array(k);
  const sumRow = k <= shortDepth || isContiguousDown(b) ? sumByQuads : sumByRows;
  for (let i = 0; i < c.rows.length; i++) {
    for (let p = 0; p < k; p++) row[p] = at(a, i, p);
    sumRow(row, b, sums);
    const to = c.offset + c.rows[i]!;
    for (let j = 0; j < n; j++) c.data[to + c.columns[j]!] = plus === undefined ? sums[j]! : sums[j]! + at(plus, i, j);
  }
}

/** True where walking down a column of b touches neighbours in memory, as in a transposed operand. */
const isContiguousDown = ({ rows, columns }: MatrixView): boolean =>
  rows.length > 1 && rows[1]! - rows[0]! === 1 && columns.length > 1 && columns[1]! - columns[0]! !== 1;

/** Four columns at a time over all of k: for a short k, as in a depthwise convolution, or columns that lie densely. */
function sumByQuads(row: Float64Array, b: MatrixView, sums: Float64Array): void {
  const { data, offset, rows, columns } = b;
  const [k, n] = [row.length, sums.length];
  let j = 0;
  for (; j + 4 <= n; j += 4) {
    const from0 = offset + columns[j]!;
    const from1 = offset + columns[j + 1]!;
    const from2 = offset + columns[j + 2]!;
    const from3 = offset + columns[j + 3]!;
    let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
    for (let p = 0; p < k; p++) {
      const scale = row[p]!;
      const step = rows[p]!;
      sum0 += scale * data[from0 + step]!;
      sum1 += scale * data[from1 + step]!;
      sum2 += scale * data[from2 + step]!;
      sum3 += scale * data[from3 + step]!;
    }
    sums[j] = sum0;
    sums[j + 1] = sum1;
    sums[j + 2] = sum2;
    sums[j + 3] = sum3;
  }
  for (; j < n; j++) sums[j] = dot(row, b, j);
}

/** True where each offset is the one before plus 1. */
function areNeighbours(offsets: Int32Array): boolean {
  for (let i = 1; i < offsets.length; i++) if (offsets[i] !== offsets[i - 1]! + 1) return false;
  return true;
}

function dot(row: Float64Array, { data, offset, rows, columns }: MatrixView, j: number): number {
  const from = offset + columns[j]!;
  let sum = 0;
  for (let p = 0; p < row.length; p++) sum += row[p]! * data[from + rows[p]!]!;
  return sum;
}

/** Four rows of b at a time where its columns are neighbours, so that the sums are loaded and stored a quarter as often. */
function sumByRows(row: Float64Array, { data, offset, rows, columns }: MatrixView, sums: Float64Array): void {
  const k = row.length;
  sums.fill(0);
  let p = 0;
  if (areNeighbours(columns)) {
    const first = offset + (columns[0] ?? 0);
    for (; p + 4 <= k; p += 4) addRows(sums, row, data, first, rows, p);
  }
  for (; p < k; p++) {
    const scale = row[p]!;
    const from = offset + rows[p]!;
    for (let j = 0; j < sums.length; j++) sums[j]! += scale * data[from + columns[j]!]!;
  }
}

function addRows(
  sums: Float64Array,
  row: Float64Array,
  data: NumberArray,
  first: number,
  rows: Int32Array,
  p: number,
): void {
  const from0 = first + rows[p]!;
  const from1 = first + rows[p + 1]!;
  const from2 = first + rows[p + 2]!;
  const from3 = first + rows[p + 3]!;
  const [scale0, scale1, scale2, scale3] = [row[p]!, row[p + 1]!, row[p + 2]!, row[p + 3]!];
  for (let j = 0; j < sums.length; j++) {
    let sum = sums[j]! + scale0 * data[from0 + j]!;
    sum += scale1 * data[from1 + j]!;
    sum += scale2 * data[from2 + j]!;
    sums[j] = sum + scale3 * data[from3 + j]!;
  }
}
