import { like } from "../../graph/construct.ts";
import { absent } from "../../graph/leaves.ts";
import { $, bind } from "../../graph/pattern.ts";
import type { Rule } from "../../graph/rule.ts";
import { rule } from "../../graph/rule.ts";
import type { Value } from "../../graph/value.ts";
import { add } from "../../ops/add.ts";
import { cast } from "../../ops/cast.ts";
import { div } from "../../ops/div.ts";
import { mul } from "../../ops/mul.ts";
import { reciprocal } from "../../ops/reciprocal.ts";
import { reduceMean } from "../../ops/reduce-mean.ts";
import { rmsNorm } from "../../ops/rms-norm.ts";
import { sqrt } from "../../ops/sqrt.ts";
import { dtypeOf } from "../dtype-of.ts";
import { sameType } from "../same-type.ts";
import { isEpsilon, normParameter, scalarNumber } from "./norm-parameter.ts";
import { trailingAxis } from "./trailing-axes.ts";

const root = sqrt(add(bind("mean", like(reduceMean, mul($.x, $.x))), $.eps));

/** The scale in the dtype of the narrow norm, where it loses nothing: a cast of such a value. */
function narrowScale(scale: Value, narrow: Value): Value | undefined {
  if (scale === absent) return absent;
  const source = scale.op === cast ? scale.operands[0] : undefined;
  return source !== undefined && dtypeOf(source) === dtypeOf(narrow) ? source : undefined;
}

/** The spellings of root mean square normalisation (Zhang and Sennrich, 2019), and the factors and casts around it. */
export const formRmsNorm: readonly Rule[] = [
  rule({
    name: "form-rms-norm",
    match: [div($.x, root), mul($.x, reciprocal(root))],
    when: ({ x, mean, eps }, whole) => sameType(x, whole) && trailingAxis(mean) !== undefined && isEpsilon(eps),
    replace: ({ x, mean, eps }) =>
      rmsNorm(x, undefined, { axis: trailingAxis(mean) as number, epsilon: scalarNumber(eps) as number }),
    example: [
      "div(x, sqrt(add(reduceMean(mul(x, x), {axes: [2], keepDims: true}), 0.5))) => rmsNorm(x, _, {axis: -1, epsilon: 0.5})",
      "mul(reciprocal(sqrt(add(0.5, reduceMean(mul(x, x), {axes: [-1], keepDims: true})))), x) => rmsNorm(x, _, {axis: -1, epsilon: 0.5})",
    ],
  }),
  rule({
    name: "fold-scale-into-rms-norm",
    match: mul(bind("y", like(rmsNorm, $.x, absent)), $.scale),
    when: ({ y, scale }, whole) => normParameter(scale, y, whole) !== undefined,
    replace: ({ x, y, scale }, whole) => rmsNorm(x, normParameter(scale, y, whole), y.attributes as never),
    example: "w: f32[4], mul(w, rmsNorm(x, _, {axis: -1, epsilon: 0.5})) => rmsNorm(x, w, {axis: -1, epsilon: 0.5})",
  }),
  rule({
    name: "fold-casts-into-rms-norm",
    match: like(cast, bind("y", like(rmsNorm, bind("z", like(cast, $.x)), $.scale))),
    when: ({ x, z, scale }, whole) =>
      dtypeOf(z) === "f32" &&
      ["f16", "bf16"].includes(dtypeOf(x) ?? "") &&
      sameType(x, whole) &&
      narrowScale(scale, x) !== undefined,
    replace: ({ x, y, scale }) => rmsNorm(x, narrowScale(scale, x), y.attributes as never),
    example:
      'x: f16[2,8], cast(rmsNorm(cast(x, {to: "f32"}), _, {axis: -1, epsilon: 0.5}), {to: "f16"}) => rmsNorm(x, _, {axis: -1, epsilon: 0.5})',
  }),
];
