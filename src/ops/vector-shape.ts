import type { Dim } from "../tensor/dim.ts";
import { unknownDim } from "../tensor/dim.ts";
import type { IndexVector } from "./index-operand.ts";

/** The shape that a vector of sizes spells: unknown dims where only its length is known, undefined where not even that is. */
export function vectorShape(vector: IndexVector | undefined): readonly Dim[] | undefined {
  if (vector?.length === undefined) return undefined;
  return vector.dims ?? Array.from({ length: vector.length }, () => unknownDim);
}
