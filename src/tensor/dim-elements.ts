/** Dims that depend on elements of integer inputs, not on shapes alone. */
import { symbolsOf } from "./dim-binding.ts";
import type { Dim, DimTerm } from "./dim-expr.ts";
import { dimOf, divisorOf, isElementName, isUnknownDim, mulDims, subDims, termsOf } from "./dim-expr.ts";

/** True when the dim depends on elements of inputs. */
export const hasElements = (d: Dim): boolean =>
  typeof d !== "number" && d.text.includes("]") && symbolsOf(d).some(isElementName);

/**
 * True where sizes of inputs, and what `size` comes to, certainly tell what d comes to: where d is a multiple of it, but for terms without
 * elements. False says only that this is not known.
 */
export function followsFrom(d: Dim, size: Dim): boolean {
  if (!hasElements(d)) return !isUnknownDim(d);
  const [own, other] = [leadOf(d), leadOf(size)];
  if (own === undefined || other === undefined) return false;
  const rest = subDims(mulDims(d, other.coefficient * divisorOf(d)), mulDims(size, own.coefficient * divisorOf(size)));
  return !isUnknownDim(rest) && !hasElements(rest);
}

const leadOf = (d: Dim): DimTerm | undefined => termsOf(d).find((term) => hasElements(dimOf([term])));
