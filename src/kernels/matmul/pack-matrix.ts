import type { NumberArray } from "../../tensor/numbers.ts";
import { elementRuns, reinterpret } from "../../tensor/stored-tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Packed } from "../schedule.ts";

/** Elements that are read at a time: few enough to stay in a cache while they go to their panels. */
const blockElements = 2 ** 16;

export interface PanelForm {
  /** Columns of a panel. */
  readonly width: number;
  /** bf16 for a matrix of bf16 alone, whose bits are kept. */
  readonly storage: "f32" | "bf16";
}

/** A constant matrix [depth, n] as panels [n / width][depth][width], filled up with 0. */
export function packMatrix(source: Tensor, { width, storage }: PanelForm): Packed {
  const n = source.shape.length > 1 ? (source.shape.at(-1) as number) : 1;
  const depth = source.shape.at(source.shape.length > 1 ? -2 : -1) as number;
  const panels = Math.ceil(n / width);
  const elements = panels * depth * width;
  const array = storage === "f32" ? Float32Array : Uint16Array;
  return {
    source,
    key: `panels ${width} ${storage}`,
    bytes: elements * array.BYTES_PER_ELEMENT,
    write(target) {
      const read = elementRuns(storage === "f32" ? source : reinterpret(source, "u16", source.shape));
      const to = new array(target.buffer as ArrayBuffer, target.byteOffset, elements);
      const most = Math.max(1, Math.floor(blockElements / n));
      for (let row = 0; row < depth; row += most) {
        const rows = Math.min(most, depth - row);
        const from = read(row * n, rows * n);
        for (let column = 0; column < n; column += width)
          copyRows(from, to, { rows, n, column, width, at: column * depth + row * width });
      }
    },
  };
}

interface PanelRows {
  readonly rows: number;
  readonly n: number;
  /** The first column of the panel. */
  readonly column: number;
  readonly width: number;
  /** Where the panel has the first of the rows. */
  readonly at: number;
}

/** Copies what a panel holds of some rows of n elements. */
function copyRows(from: NumberArray, to: Float32Array | Uint16Array, { rows, n, column, width, at }: PanelRows): void {
  const wide = Math.min(width, n - column);
  for (let p = 0; p < rows; p++) {
    for (let j = 0; j < wide; j++) to[at + p * width + j] = from[p * n + column + j] as number;
  }
}

export interface PackedColumns {
  readonly source: Tensor;
  /** Says which elements of the source are packed, and how. */
  readonly key: string;
  readonly depth: number;
  /** For each column the index of its first element in the source, which the others follow, or -1 for one of zeros. */
  readonly columns: readonly number[];
  readonly width: number;
}

/** Columns of a constant, wherever they lie, as panels [columns / width][depth][width] of f32. */
export function packColumns({ source, key, depth, columns, width }: PackedColumns): Packed {
  const panels = Math.ceil(columns.length / width);
  const elements = panels * depth * width;
  return {
    source,
    key: `columns ${key} ${width}`,
    bytes: 4 * elements,
    write(target) {
      const read = elementRuns(source);
      const to = new Float32Array(target.buffer as ArrayBuffer, target.byteOffset, elements);
      columns.forEach((start, j) => {
        if (start < 0) return;
        const from = read(start, depth);
        const at = (j - (j % width)) * depth + (j % width);
        for (let p = 0; p < depth; p++) to[at + p * width] = from[p] as number;
      });
    },
  };
}
