import type { DType } from "../tensor/dtype.ts";
import { dtypes, isFloat, isInteger } from "../tensor/dtype.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * An array from numpy in the dtype that it stands for: numpy lacks bf16, f8, f4 and the 4- and 2-bit integers, so its files hold f32, i8
 * or u8 instead. Any other array is left as it is.
 */
export function narrowed(array: Tensor, dtype: DType): Tensor {
  if (array.dtype === dtype || array.dtype !== numpyDType(dtype)) return array;
  return fromNumbers(dtype, array.shape, numbers(array));
}

function numpyDType(dtype: DType): DType | undefined {
  if (isFloat(dtype)) return ["f16", "f32", "f64"].includes(dtype) ? undefined : "f32";
  if (!isInteger(dtype) || dtypes[dtype].bits >= 8) return undefined;
  return dtypes[dtype].kind === "int" ? "i8" : "u8";
}
