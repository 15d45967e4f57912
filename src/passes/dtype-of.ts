import type { Value } from "../graph/value.ts";
import type { DType } from "../tensor/dtype.ts";
import { isFloat } from "../tensor/dtype.ts";

/** The dtype of a tensor, undefined for anything else. */
export const dtypeOf = (value: Value): DType | undefined =>
  value.type.kind === "tensor" ? value.type.dtype : undefined;

/** True for a tensor of floats. */
export function isFloatValue(value: Value): boolean {
  const dtype = dtypeOf(value);
  return dtype !== undefined && isFloat(dtype);
}
