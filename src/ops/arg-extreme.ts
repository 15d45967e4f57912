import { tensorType } from "../graph/type.ts";
import { ShapeError } from "../tensor/errors.ts";
import { formatShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { tensor } from "../tensor/tensor.ts";
import { resolveAxis } from "./axis.ts";
import { axisLines } from "./axis-lines.ts";
import { comparable } from "./comparable.ts";
import { requireDType } from "./dtype-class.ts";
import type { OpConstructor } from "./op.ts";
import { op } from "./op.ts";
import { tensorOperand } from "./tensor-operand.ts";

export type ArgExtremeAttributes = {
  readonly axis: number;
  /** True to keep the axis as a dim of 1. */
  readonly keepDims: boolean;
  /** Among equals, the last one instead of the first. */
  readonly selectLastIndex?: boolean;
};

/** Declares the search for the place of the greatest (`sign` 1) or least (-1) element along an axis; NaN wins. */
export function argExtreme(name: string, sign: 1 | -1): OpConstructor<readonly ["x"], ArgExtremeAttributes> {
  return op(name, ["x"], {
    infer([x], { axis, keepDims }: ArgExtremeAttributes) {
      const { dtype, shape } = tensorOperand(x, "x");
      requireDType(dtype, "numeric", "x");
      if (shape === undefined) return tensorType("i64", undefined);
      const at = resolveAxis(axis, shape.length);
      return tensorType("i64", keepDims ? shape.with(at, 1) : shape.toSpliced(at, 1));
    },
    eval: ([x], attributes: ArgExtremeAttributes) => places(x, sign, attributes),
  });
}

function places(x: Tensor, sign: 1 | -1, { axis, keepDims, selectLastIndex = false }: ArgExtremeAttributes): Tensor {
  const at = resolveAxis(axis, x.shape.length);
  const { outer, length, inner } = axisLines(x.shape, at);
  if (length === 0 && outer * inner > 0) {
    throw new ShapeError(`x ${formatShape(x.shape)} has no elements along axis ${axis} to choose from.`);
  }
  const values = comparable(x) as ArrayLike<number>;
  const found = new BigInt64Array(outer * inner);
  for (let line = 0; line < found.length; line++) {
    const start = Math.floor(line / inner) * length * inner + (line % inner);
    let [best, place] = [values[start]!, 0];
    for (let i = 1; i < length; i++) {
      const value = values[start + i * inner]!;
      const wins = sign > 0 ? value > best : value < best;
      const ties = value === best && selectLastIndex;
      const isFirstNaN = Number.isNaN(value) && !Number.isNaN(best);
      if (wins || ties || isFirstNaN) [best, place] = [value, i];
    }
    found[line] = BigInt(place);
  }
  return tensor("i64", keepDims ? x.shape.with(at, 1) : x.shape.toSpliced(at, 1), found);
}
