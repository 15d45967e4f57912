import type { Dim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { formatShape } from "../tensor/shape.ts";
import { elementCount } from "../tensor/tensor.ts";
import { indexTensor } from "./gather.ts";
import { blockPlaces } from "./gather-nd.ts";
import { op } from "./op.ts";
import type { ScatterReduction } from "./scatter-into.ts";
import { scatterInto, scatterType } from "./scatter-into.ts";
import { tensorOperand } from "./tensor-operand.ts";

type ScatterNdAttributes = { readonly reduction?: ScatterReduction };

/** x with the blocks that the vectors along the last axis of `indices` name replaced by, or combined with, those of `updates`. */
export const scatterNd = op("scatterNd", ["x", "indices", "updates"], {
  infer([x, indices, updates], { reduction = "none" }: ScatterNdAttributes) {
    const type = scatterType(x, updates, reduction);
    const shapes = [type.shape, indexTensor(indices, "indices").shape, tensorOperand(updates, "updates").shape];
    if (shapes.every(isKnown)) requireFit(...(shapes as [number[], number[], number[]]));
    return type;
  },
  eval([x, indices, updates], { reduction = "none" }: ScatterNdAttributes) {
    requireFit(x.shape, indices.shape, updates.shape);
    const places = blockPlaces(x.shape, indices, 0);
    const block = x.shape.slice(indices.shape[indices.shape.length - 1]);
    return scatterInto(x, updates, places, elementCount(block), reduction);
  },
});

const isKnown = (shape: readonly Dim[] | undefined): shape is readonly number[] =>
  shape?.every((dim) => typeof dim === "number") ?? false;

/** Throws ShapeError unless the vectors of indices name blocks of x, and updates has one for each. */
function requireFit(x: readonly number[], indices: readonly number[], updates: readonly number[]): void {
  const depth = indices.at(-1);
  if (depth === undefined || depth > x.length) {
    throw new ShapeError(`indices ${formatShape(indices)} do not fit x ${formatShape(x)} with 0 shared leading axes.`);
  }
  const expected = [...indices.slice(0, -1), ...x.slice(depth)];
  if (expected.length === updates.length && expected.every((dim, i) => dim === updates[i])) return;
  throw new ShapeError(`updates must have shape ${formatShape(expected)}, got ${formatShape(updates)}.`);
}
