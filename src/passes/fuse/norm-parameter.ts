import type { Value } from "../../graph/value.ts";
import { reshape } from "../../ops/reshape.ts";
import type { Dim } from "../../tensor/dim.ts";
import { dtypeOf } from "../dtype-of.ts";
import { sameType } from "../same-type.ts";
import { scalarNumber } from "../scalar-number.ts";

/** The axes that a norm covers, as dims. */
function normDims(norm: Value): readonly Dim[] | undefined {
  const { type, attributes } = norm;
  if (type.kind !== "tensor" || type.shape === undefined) return undefined;
  const axis = attributes["axis"] as number;
  return type.shape.slice(axis < 0 ? axis + type.shape.length : axis);
}

/**
 * `parameter` in the form in which a norm takes it as scale or bias: a vector over the normalised axes, without leading dims of 1.
 * Undefined when it varies along other axes, has another dtype, or would broadcast the product to a larger shape.
 */
export function normParameter(parameter: Value, norm: Value, product: Value): Value | undefined {
  const dims = normDims(norm);
  if (dims === undefined || parameter.type.kind !== "tensor" || parameter.type.shape === undefined) return undefined;
  if (!sameType(norm, product) || dtypeOf(parameter) !== dtypeOf(norm)) return undefined;
  const { shape } = parameter.type;
  const extra = shape.length - dims.length;
  if (extra <= 0) return parameter;
  return shape.slice(0, extra).every((dim) => dim === 1) ? reshape(parameter, shape.slice(extra)) : undefined;
}

/** True for a constant that may be the epsilon of a norm: one finite number of 0 or more. */
export function isEpsilon(value: Value): boolean {
  const number = scalarNumber(value);
  return number !== undefined && number >= 0 && Number.isFinite(number);
}
