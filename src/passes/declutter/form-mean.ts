import { like } from "../../graph/construct.ts";
import { $, bind } from "../../graph/pattern.ts";
import { rule } from "../../graph/rule.ts";
import type { Value } from "../../graph/value.ts";
import { resolveAxes } from "../../ops/axis.ts";
import { div } from "../../ops/div.ts";
import { mul } from "../../ops/mul.ts";
import { reduceMean } from "../../ops/reduce-mean.ts";
import { reduceSum } from "../../ops/reduce-sum.ts";
import { isFloatValue } from "../dtype-of.ts";
import { sameType } from "../same-type.ts";
import { scalarNumber } from "../scalar-number.ts";

/** How many elements are added up for each sum, where that is a known number. */
function summed({ operands, attributes }: Value): number | undefined {
  const type = operands[0]?.type;
  if (type?.kind !== "tensor" || type.shape === undefined) return undefined;
  const { shape } = type;
  const axes = attributes["axes"] as readonly number[] | undefined;
  const dims = axes === undefined ? shape : resolveAxes(axes, shape.length).map((axis) => shape[axis]);
  return dims.every((dim) => typeof dim === "number") ? dims.reduce((product, dim) => product * dim, 1) : undefined;
}

/** A sum over as many elements as it is divided by. */
export const formMean = rule({
  name: "form-mean",
  match: [div(bind("y", like(reduceSum, $.x)), $.a), mul(bind("y", like(reduceSum, $.x)), $.a)],
  when: ({ y, a }, whole) => {
    const [number, count] = [scalarNumber(a), summed(y)];
    if (number === undefined || count === undefined || !isFloatValue(y) || !sameType(y, whole)) return false;
    return Math.abs((whole.op === div ? number / count : number * count) - 1) < 1e-6;
  },
  replace: ({ x, y }) => reduceMean(x, y.attributes as never),
  example: [
    "div(reduceSum(x, {axes: [1, 2], keepDims: true}), 12) => reduceMean(x, {axes: [1, 2], keepDims: true})",
    "mul(0.25, reduceSum(x, {axes: [-1], keepDims: false})) => reduceMean(x, {axes: [-1], keepDims: false})",
    "div(reduceSum(x, {axes: [-1], keepDims: true}), 3) => same",
  ],
});
