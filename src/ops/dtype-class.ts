import type { DType } from "../tensor/dtype.ts";
import { dtypes, isFloat, isInteger } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";

/** Families of dtypes that an operator is defined on. */
export type DTypeClass = "float" | "integer" | "numeric" | "bool" | "any";

const members: Record<DTypeClass, (dtype: DType) => boolean> = {
  float: isFloat,
  integer: isInteger,
  numeric: (dtype) => isFloat(dtype) || isInteger(dtype),
  bool: (dtype) => dtype === "bool",
  any: (dtype) => dtypes[dtype].kind !== "complex",
};

/** Throws ShapeError when a dtype is not of the class. */
export function requireDType(dtype: DType, wanted: DTypeClass, name: string): void {
  if (!members[wanted](dtype)) throw new ShapeError(`${name} must be of ${wanted} dtype, got ${dtype}.`);
}
