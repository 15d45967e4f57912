import type { TensorType } from "../graph/type.ts";
import { formatType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Datum } from "../tensor/datum.ts";
import { isTensor } from "../tensor/datum.ts";
import { ShapeError } from "../tensor/errors.ts";
import { bigints, numbers } from "../tensor/numbers.ts";
import { formatShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import type { DTypeClass } from "./dtype-class.ts";
import { requireDType } from "./dtype-class.ts";
import { tensorOperand } from "./tensor-operand.ts";

/** The type of an operand of one element, whatever its rank. Throws ShapeError naming it when it certainly is something else. */
export function scalarOperand(value: Value | undefined, name: string, on?: DTypeClass): TensorType {
  const type = tensorOperand(value, name);
  if (on !== undefined) requireDType(type.dtype, on, name);
  if (type.shape?.every((dim) => typeof dim !== "number" || dim === 1) ?? true) return type;
  throw new ShapeError(`${name} must have one element, got ${formatType(type)}.`);
}

/** The one element of a numeric or bool tensor, inexact beyond 2^53. Throws ShapeError naming the operand when there are more or none. */
export const scalarNumber = (datum: Datum | undefined, name: string): number =>
  numbers(ofOneElement(datum, name))[0] as number;

/** The one element of an integer or bool tensor. Throws ShapeError naming the operand when there are more or none. */
export const scalarInteger = (datum: Datum | undefined, name: string): bigint =>
  bigints(ofOneElement(datum, name))[0] as bigint;

/** The tensor itself. Throws ShapeError naming the operand when it is no tensor, or has more than one element or none. */
export function ofOneElement(datum: Datum | undefined, name: string): Tensor {
  if (isTensor(datum) && elementCount(datum.shape) === 1) return datum;
  const got = isTensor(datum) ? `shape ${formatShape(datum.shape)}` : "no tensor";
  throw new ShapeError(`${name} must have one element, got ${got}.`);
}
