import type { Tensor } from "./tensor.ts";

/**
 * What a value holds at run time: a tensor, a sequence (array), an empty optional (null; a present one is its content), or a
 * map.
 */
export type Datum = Tensor | readonly Datum[] | null | ReadonlyMap<string | bigint, Datum>;

/** True for a tensor, by its shape (never by instanceof, so tensors of other copies of the library count too). */
export function isTensor(datum: unknown): datum is Tensor {
  return typeof datum === "object" && datum !== null && "dtype" in datum && "shape" in datum && "data" in datum;
}
