import { numbers } from "../../tensor/numbers.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Packed } from "../schedule.ts";

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
      const from = storage === "f32" ? numbers(source) : (source.data as Uint16Array);
      const to = new array(target.buffer as ArrayBuffer, target.byteOffset, elements);
      for (let q = 0; q < panels; q++) {
        const wide = Math.min(width, n - q * width);
        for (let p = 0; p < depth; p++) {
          const [row, at] = [p * n + q * width, (q * depth + p) * width];
          to.set(from.subarray(row, row + wide), at);
        }
      }
    },
  };
}

export interface PackedColumns {
  readonly source: Tensor;
  /** Says which elements of the source are packed, and how. */
  readonly key: string;
  readonly depth: number;
  /** For each column the index of its first element in the source, or -1 for one of zeros; and the elements from one to the next. */
  readonly columns: readonly number[];
  readonly apart: number;
  readonly width: number;
}

/** Columns of a constant, wherever they lie, as panels [columns / width][depth][width] of f32. */
export function packColumns({ source, key, depth, columns, apart, width }: PackedColumns): Packed {
  const panels = Math.ceil(columns.length / width);
  const elements = panels * depth * width;
  return {
    source,
    key: `columns ${key} ${width}`,
    bytes: 4 * elements,
    write(target) {
      const from = numbers(source);
      const to = new Float32Array(target.buffer as ArrayBuffer, target.byteOffset, elements);
      columns.forEach((start, j) => {
        if (start < 0) return;
        const at = (j - (j % width)) * depth + (j % width);
        for (let p = 0; p < depth; p++) to[at + p * width] = from[start + p * apart] as number;
      });
    },
  };
}
