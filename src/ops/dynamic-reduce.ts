import { knownNumbers } from "../graph/known-dims.ts";
import { tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import { unknownDim } from "../tensor/dim.ts";
import { indexNumbers, indexVector } from "./index-operand.ts";
import { op } from "./op.ts";
import { reduceMax } from "./reduce-max.ts";
import { reduceMean } from "./reduce-mean.ts";
import { reduceMin } from "./reduce-min.ts";
import { reduceProd } from "./reduce-prod.ts";
import { reduceSum } from "./reduce-sum.ts";
import { evalReduction, reducedShape } from "./reduction.ts";
import { tensorOperand } from "./tensor-operand.ts";

/** The reductions by what dynamicReduce calls them. */
export const reductions = { max: reduceMax, mean: reduceMean, min: reduceMin, prod: reduceProd, sum: reduceSum };

export type ReductionKind = keyof typeof reductions;
export type DynamicReduceAttributes = {
  readonly kind: ReductionKind;
  readonly keepDims: boolean;
  /** What an empty list of axes means: nothing is reduced, or (false) all axes are. */
  readonly noneWhenEmpty: boolean;
};

/** A reduction over axes that are computed while the model runs. Where they are known, the reduction of that kind takes its place. */
export const dynamicReduce = op("dynamicReduce", ["x", "axes"], {
  infer([x, axes], attributes: DynamicReduceAttributes) {
    const { dtype, shape } = tensorOperand(x, "x");
    indexVector(axes, "axes");
    return tensorType(dtype, inferredShape(shape, axes, attributes));
  },
  eval([x, axes], attributes: DynamicReduceAttributes) {
    return evalReduction(reductions[attributes.kind].reduction, x, staticAttributes(indexNumbers(axes), attributes));
  },
});

const staticAttributes = (
  axes: readonly number[],
  { keepDims, noneWhenEmpty }: DynamicReduceAttributes,
): { axes?: readonly number[]; keepDims: boolean } =>
  axes.length === 0 && !noneWhenEmpty ? { keepDims } : { axes, keepDims };

function inferredShape(
  shape: readonly Dim[] | undefined,
  axes: Value,
  attributes: DynamicReduceAttributes,
): readonly Dim[] | undefined {
  const known = knownNumbers(axes);
  if (known !== undefined) return reducedShape(shape, staticAttributes(known, attributes));
  const count = indexVector(axes, "axes")?.length;
  if (shape === undefined) return undefined;
  if (attributes.keepDims) return shape.map((dim) => (dim === 1 ? 1 : unknownDim));
  if (count === undefined || count === 0) return undefined;
  return Array.from({ length: Math.max(0, shape.length - count) }, () => unknownDim);
}
