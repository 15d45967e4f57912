import { nameOfElement, unknownDim } from "../tensor/dim.ts";
import type { Type } from "./type.ts";

/** Elements of an input that dims may speak of, at most. */
const mostElements = 8;

/** The names by which dims speak of the elements of a small integer input, in order; undefined for any other. */
export function elementNames(input: string, type: Type): readonly string[] | undefined {
  if (type.kind !== "tensor" || (type.dtype !== "i64" && type.dtype !== "i32")) return undefined;
  const [count = 1, ...others] = type.shape ?? [unknownDim];
  if (typeof count !== "number" || count > mostElements || others.length > 0) return undefined;
  return Array.from({ length: count }, (_, index) => nameOfElement(input, index));
}
