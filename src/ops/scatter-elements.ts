import { ShapeError } from "../tensor/errors.ts";
import { formatShape } from "../tensor/shape.ts";
import { resolveAxis } from "./axis.ts";
import { indexTensor } from "./gather.ts";
import { elementPlaces } from "./gather-elements.ts";
import { op } from "./op.ts";
import type { ScatterReduction } from "./scatter-into.ts";
import { scatterInto, scatterType } from "./scatter-into.ts";

type ScatterElementsAttributes = { readonly axis: number; readonly reduction?: ScatterReduction };

/** x with x[..., indices[..., i, ...], ...] replaced by, or combined with, updates[..., i, ...] along `axis`; indices below 0 count from the end. */
export const scatterElements = op("scatterElements", ["x", "indices", "updates"], {
  infer([x, indices, updates], { axis, reduction = "none" }: ScatterElementsAttributes) {
    indexTensor(indices, "indices");
    const type = scatterType(x, updates, reduction);
    if (type.shape !== undefined) resolveAxis(axis, type.shape.length);
    return type;
  },
  eval([x, indices, updates], { axis, reduction = "none" }: ScatterElementsAttributes) {
    if (indices.shape.length !== updates.shape.length || indices.shape.some((dim, i) => dim !== updates.shape[i])) {
      const shapes = `${formatShape(indices.shape)} and ${formatShape(updates.shape)}`;
      throw new ShapeError(`indices and updates must have one shape, got ${shapes}.`);
    }
    return scatterInto(x, updates, elementPlaces(x.shape, indices, axis), 1, reduction);
  },
});
