/** Symbolic dims: the one place to import them from. Expressions are immutable and in normal form, so equal means equal text. */
export { solveDim, substituteDim, symbolsOf } from "./dim-binding.ts";
export { dimAtLeast } from "./dim-bounds.ts";
export { broadcastDims, maxDims, minDims } from "./dim-choice.ts";
export { ceilDivDims, exactDivDims, floorDivDims, modDims } from "./dim-division.ts";
export { followsFrom, hasElements } from "./dim-elements.ts";
export { bindDim } from "./dim-evaluator.ts";
export {
  addDims,
  type Dim,
  type DimExpr,
  dimEquals,
  dimToString,
  isElementName,
  isUnknownDim,
  mulDims,
  nameOfElement,
  productOfDims,
  subDims,
  symbol,
  unknownDim,
} from "./dim-expr.ts";
export { parseDim } from "./dim-parse.ts";
