import type { TensorType } from "../graph/type.ts";
import { formatType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { tensorOperand } from "./tensor-operand.ts";

/** The type of an operand that is a tensor of strings. Throws ShapeError naming it when it is something else. */
export function stringOperand(value: Value | undefined, name: string): TensorType {
  const type = tensorOperand(value, name);
  if (type.dtype === "string") return type;
  throw new ShapeError(`${name} must be a tensor of strings, got ${formatType(type)}.`);
}

/** The elements of a string tensor. */
export const stringsOf = ({ data }: Tensor): readonly string[] => data as string[];
