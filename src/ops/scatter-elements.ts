import type { Dim } from "../tensor/dim.ts";
import { dimToString } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { resolveAxis } from "./axis.ts";
import { indexTensor } from "./gather.ts";
import { elementPlaces, requireWithin } from "./gather-elements.ts";
import { op } from "./op.ts";
import type { ScatterReduction } from "./scatter-into.ts";
import { scatterInto, scatterType } from "./scatter-into.ts";
import { tensorOperand } from "./tensor-operand.ts";

type ScatterElementsAttributes = { readonly axis: number; readonly reduction?: ScatterReduction };

/** x with x[..., indices[..., i, ...], ...] replaced by, or combined with, updates[..., i, ...] along `axis`; indices below 0 count from the end. */
export const scatterElements = op("scatterElements", ["x", "indices", "updates"], {
  infer([x, indices, updates], { axis, reduction = "none" }: ScatterElementsAttributes) {
    const places = indexTensor(indices, "indices").shape;
    const type = scatterType(x, updates, reduction);
    if (type.shape !== undefined) resolveAxis(axis, type.shape.length);
    requireWithin(type.shape, places, axis);
    requireSameShape(places, tensorOperand(updates, "updates").shape);
    return type;
  },
  eval([x, indices, updates], { axis, reduction = "none" }: ScatterElementsAttributes) {
    requireSameShape(indices.shape, updates.shape);
    return scatterInto(x, updates, elementPlaces(x.shape, indices, axis), 1, reduction);
  },
});

/** Throws ShapeError where two shapes certainly differ. */
function requireSameShape(places: readonly Dim[] | undefined, updates: readonly Dim[] | undefined): void {
  if (places === undefined || updates === undefined) return;
  const differs = (dim: Dim, other: Dim | undefined): boolean =>
    typeof dim === "number" && typeof other === "number" && dim !== other;
  if (places.length === updates.length && !places.some((dim, i) => differs(dim, updates[i]))) return;
  const [a, b] = [places, updates].map((shape) => `[${shape.map(dimToString).join(",")}]`);
  throw new ShapeError(`indices and updates must have one shape, got ${a} and ${b}.`);
}
