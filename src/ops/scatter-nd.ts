import { ShapeError } from "../tensor/errors.ts";
import { formatShape } from "../tensor/shape.ts";
import { elementCount } from "../tensor/tensor.ts";
import { indexTensor } from "./gather.ts";
import { blockPlaces } from "./gather-nd.ts";
import { op } from "./op.ts";
import type { ScatterReduction } from "./scatter-into.ts";
import { scatterInto, scatterType } from "./scatter-into.ts";

type ScatterNdAttributes = { readonly reduction?: ScatterReduction };

/** x with the blocks that the vectors along the last axis of `indices` name replaced by, or combined with, those of `updates`. */
export const scatterNd = op("scatterNd", ["x", "indices", "updates"], {
  infer([x, indices, updates], { reduction = "none" }: ScatterNdAttributes) {
    indexTensor(indices, "indices");
    return scatterType(x, updates, reduction);
  },
  eval([x, indices, updates], { reduction = "none" }: ScatterNdAttributes) {
    const places = blockPlaces(x.shape, indices, 0);
    const block = x.shape.slice(indices.shape[indices.shape.length - 1]);
    const expected = [...indices.shape.slice(0, -1), ...block];
    if (expected.length !== updates.shape.length || expected.some((dim, i) => dim !== updates.shape[i])) {
      throw new ShapeError(`updates must have shape ${formatShape(expected)}, got ${formatShape(updates.shape)}.`);
    }
    return scatterInto(x, updates, places, elementCount(block), reduction);
  },
});
