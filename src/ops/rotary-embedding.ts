import { formatType, tensorType } from "../graph/type.ts";
import type { Dim } from "../tensor/dim.ts";
import { mulDims } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { broadcastIndexes } from "./broadcast-indexes.ts";
import { requireDType } from "./dtype-class.ts";
import { op } from "./op.ts";
import { tensorOperand } from "./tensor-operand.ts";
import { broadcastsTo } from "./trailing-norm.ts";

export type RotaryEmbeddingAttributes = {
  /** Pairs are neighbours (2i, 2i+1) instead of (i, i + half). */
  readonly interleaved: boolean;
};

/**
 * Rotates pairs of elements along the last axis of x: (a, b) becomes (a·cos - b·sin, a·sin + b·cos). cos and sin end in the number of
 * pairs, `half`, and their other axes broadcast to those of x; only the first 2·half elements of x are rotated, the rest is kept.
 */
export const rotaryEmbedding = op("rotaryEmbedding", ["x", "cos", "sin"], {
  infer([x, cos, sin], _attributes: RotaryEmbeddingAttributes) {
    const type = tensorOperand(x, "x");
    requireDType(type.dtype, "float", "x");
    for (const [value, name] of [
      [cos, "cos"],
      [sin, "sin"],
    ] as const) {
      const angles = tensorOperand(value, name);
      if (angles.dtype === type.dtype && fits(angles.shape, type.shape)) continue;
      throw new ShapeError(
        `${name} must be ${type.dtype}, broadcast to x ${formatType(type)} and end in at most half its last dim, got ${formatType(angles)}.`,
      );
    }
    return tensorType(type.dtype, type.shape);
  },
  eval: ([x, cos, sin], { interleaved }: RotaryEmbeddingAttributes) => rotate(x, cos, sin, interleaved),
});

function fits(angles: readonly Dim[] | undefined, x: readonly Dim[] | undefined): boolean {
  if (angles === undefined || x === undefined) return true;
  if (angles.length === 0 || x.length === 0) return false;
  const [pairs, size] = [mulDims(2, angles[angles.length - 1] as Dim), x[x.length - 1] as Dim];
  if (typeof pairs === "number" && typeof size === "number" && pairs > size) return false;
  return broadcastsTo(angles.slice(0, -1), x.slice(0, -1));
}

function rotate(x: Tensor, cos: Tensor, sin: Tensor, interleaved: boolean): Tensor {
  const size = x.shape[x.shape.length - 1]!;
  const half = cos.shape[cos.shape.length - 1]!;
  const [rows, source, c, s] = [x.shape.slice(0, -1), numbers(x), numbers(cos), numbers(sin)];
  const [cosRows, sinRows] = [cos, sin].map((t) => broadcastIndexes(t.shape.slice(0, -1), rows)) as [
    Float64Array,
    Float64Array,
  ];
  const target = Float64Array.from(source);
  const [step, apart] = interleaved ? [2, 1] : [1, half];
  for (let row = 0; row < cosRows.length; row++) {
    const [cosAt, sinAt] = [cosRows[row]! * half, sinRows[row]! * half];
    for (let i = 0, at = row * size; i < half; i++, at += step) {
      const [a, b] = [source[at]!, source[at + apart]!];
      target[at] = a * c[cosAt + i]! - b * s[sinAt + i]!;
      target[at + apart] = a * s[sinAt + i]! + b * c[cosAt + i]!;
    }
  }
  return fromNumbers(x.dtype, x.shape, target);
}
