import type { DType } from "../tensor/dtype.ts";

/** The array in which results of a dtype are gathered for fromNumbers: its own storage for f32 and bool, else one that holds them exactly. */
export function elementwiseTarget(dtype: DType, count: number): Float32Array | Float64Array | Uint8Array {
  if (dtype === "f32") return new Float32Array(count);
  return dtype === "bool" ? new Uint8Array(count) : new Float64Array(count);
}
