import type { DType } from "../../tensor/dtype.ts";
import { dtypes } from "../../tensor/dtype.ts";

/** Bytes of an element, or why elements of this dtype cannot be copied one by one. */
export function elementBytes(dtype: DType): number | string {
  const { bits } = dtypes[dtype];
  if (bits === 0) return "strings have no bytes in the arena";
  return bits < 8 ? `elements of ${dtype} share bytes` : bits / 8;
}
