import { like } from "../../graph/construct.ts";
import { $, bind } from "../../graph/pattern.ts";
import { rule } from "../../graph/rule.ts";
import type { Value } from "../../graph/value.ts";
import { div } from "../../ops/div.ts";
import { exp } from "../../ops/exp.ts";
import { reduceMax } from "../../ops/reduce-max.ts";
import { reduceSum } from "../../ops/reduce-sum.ts";
import { softmax } from "../../ops/softmax.ts";
import { sub } from "../../ops/sub.ts";

/** The single axis that a reduction keeps as a dim of 1; undefined where it is not of that form. */
function keptAxis({ attributes, operands }: Value): number | undefined {
  const { axes, keepDims } = attributes as { axes?: readonly number[]; keepDims?: boolean };
  const type = operands[0]?.type;
  if (keepDims !== true || axes?.length !== 1 || type?.kind !== "tensor" || type.shape === undefined) return undefined;
  const [axis] = axes as [number];
  return axis < 0 ? axis + type.shape.length : axis;
}

const exponentials = exp(sub($.x, bind("max", like(reduceMax, $.x))));

/** exp(x - max) / Σ exp(x - max) along one axis. */
export const formSoftmax = rule({
  name: "form-softmax",
  match: div(bind("y", exponentials), bind("z", like(reduceSum, bind("y", exponentials)))),
  when: ({ max, z }) => keptAxis(max) !== undefined && keptAxis(max) === keptAxis(z),
  replace: ({ x, z }) => softmax(x, { axis: keptAxis(z) as number }),
  example:
    "div(exp(sub(x, reduceMax(x, {axes: [1], keepDims: true}))), reduceSum(exp(sub(x, reduceMax(x, {axes: [1], keepDims: true}))), {axes: [1], keepDims: true})) => softmax(x, {axis: 1})",
});
