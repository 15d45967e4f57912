import { formatType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Datum } from "../tensor/datum.ts";
import type { DType } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { ofOneElement } from "./scalar-operand.ts";

/** The key of a map entry. */
export type MapKey = string | bigint;

/** The dtype of the values of an operand that maps keys to tensors of one element. Throws ShapeError when it is something else. */
export function mapOperand(value: Value | undefined, name: string, dtype?: DType): DType {
  const type = value?.type;
  if (type?.kind === "map" && type.value.kind === "tensor" && type.value.dtype === (dtype ?? type.value.dtype)) {
    return type.value.dtype;
  }
  throw new ShapeError(
    `${name} must be a map to ${dtype ?? "tensors"}, got ${type === undefined ? "nothing" : formatType(type)}.`,
  );
}

/** The entries of a map of tensors of one element. Throws ShapeError naming the key of one that holds something else. */
export function entriesOf(datum: Datum): ReadonlyMap<MapKey, Tensor> {
  const entries = datum as ReadonlyMap<MapKey, Datum>;
  return new Map([...entries].map(([key, value]) => [key, ofOneElement(value, `the value of key ${key}`)]));
}
