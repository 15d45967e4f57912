import { knownDims, knownNumbers } from "../graph/known-dims.ts";
import { isAbsent } from "../graph/leaves.ts";
import { formatType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import { isInteger } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";
import { numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { tensorOperand } from "./tensor-operand.ts";

/** What is known of an integer vector operand (sizes, axes, starts) when types are inferred. */
export interface IndexVector {
  /** How many elements it has; undefined when that is not known, or beyond what anything that counts axes may have. */
  readonly length: number | undefined;
  readonly dims: readonly Dim[] | undefined;
  readonly numbers: readonly number[] | undefined;
}

const maxLength = 1024;

/** Reads an operand that must be an integer vector (or scalar). Undefined when it was left out. */
export function indexVector(value: Value, name: string): IndexVector | undefined {
  if (isAbsent(value)) return undefined;
  const { dtype, shape } = tensorOperand(value, name);
  if (!isInteger(dtype) || (shape?.length ?? 1) > 1) {
    throw new ShapeError(`${name} must be an integer vector, got ${formatType(value.type)}.`);
  }
  const dims = knownDims(value);
  const declared = shape?.length === 0 ? 1 : shape?.[0];
  const length = typeof declared === "number" && declared <= maxLength ? declared : dims?.length;
  return { length, dims, numbers: knownNumbers(value) };
}

/** The elements of an integer tensor at run time. */
export const indexNumbers = (t: Tensor): number[] => Array.from(numbers(t));
