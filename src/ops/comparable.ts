import { is64BitInteger } from "../tensor/dtype.ts";
import { bigints, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Elements that `<` and `>` compare exactly. */
export type Comparable = ArrayLike<number | bigint | string>;

/** The elements of a tensor of real, bool or string dtype for comparing. */
export function comparable(t: Tensor): Comparable {
  if (t.dtype === "string") return t.data as string[];
  return is64BitInteger(t.dtype) ? bigints(t) : numbers(t);
}

/** Negative, 0 or positive as a sorts before, with or after b; NaN after everything. */
export function compareElements(a: number | bigint | string, b: number | bigint | string): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}
