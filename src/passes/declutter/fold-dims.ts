import { knownDims } from "../../graph/known-dims.ts";
import { constant, constantOp, dims, dimsOp } from "../../graph/leaves.ts";
import type { Simplifier } from "../../graph/rewrite.ts";
import { reshape } from "../../ops/reshape.ts";
import type { Dim } from "../../tensor/dim.ts";
import { hasElements, isUnknownDim } from "../../tensor/dim.ts";
import { fromNumbers } from "../../tensor/numbers.ts";

const limit = 1024;

/**
 * Replaces shape arithmetic by what it comes to: an i64 vector of dims, or a constant where all elements are numbers. A scalar is such a vector
 * reshaped. What depends on elements of inputs is left to settleSizes: a plan is made for the elements of its literals.
 */
export const foldDims: Simplifier = {
  name: "fold-dims",
  apply(value) {
    const { op, type } = value;
    if (op === constantOp || op === dimsOp || type.kind !== "tensor" || type.shape === undefined) return undefined;
    const known = knownDims(value);
    if (known === undefined || known.length > limit || known.some(isUnknownDim)) return undefined;
    if (known.some(hasElements)) return undefined;
    if (known.every((dim: Dim) => typeof dim === "number")) {
      const shape = type.shape.length === 0 ? [] : [known.length];
      return constant(fromNumbers(type.dtype, shape, known as readonly number[]));
    }
    if (type.dtype !== "i64") return undefined;
    if (type.shape.length === 1) return dims(known);
    return op === reshape && value.operands[0]?.op === dimsOp ? undefined : reshape(dims(known), []);
  },
};
