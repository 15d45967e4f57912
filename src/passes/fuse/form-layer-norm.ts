import { like } from "../../graph/construct.ts";
import { absent } from "../../graph/leaves.ts";
import { $, bind } from "../../graph/pattern.ts";
import type { Rule } from "../../graph/rule.ts";
import { rule } from "../../graph/rule.ts";
import { add } from "../../ops/add.ts";
import { div } from "../../ops/div.ts";
import { layerNorm } from "../../ops/layer-norm.ts";
import { mul } from "../../ops/mul.ts";
import { reciprocal } from "../../ops/reciprocal.ts";
import { reduceMean } from "../../ops/reduce-mean.ts";
import { sqrt } from "../../ops/sqrt.ts";
import { sub } from "../../ops/sub.ts";
import { sameType } from "../same-type.ts";
import { scalarNumber } from "../scalar-number.ts";
import { isEpsilon, normParameter } from "./norm-parameter.ts";
import { trailingAxis } from "./trailing-axes.ts";

const centred = sub($.x, bind("mean", like(reduceMean, $.x)));
const root = sqrt(add(bind("variance", like(reduceMean, mul(centred, centred))), $.eps));
const d = "sub(x, reduceMean(x, {axes: [2], keepDims: true}))";

/** The spellings of layer normalisation (Ba, Kiros and Hinton, 2016), and the scale and bias after it. */
export const formLayerNorm: readonly Rule[] = [
  rule({
    name: "form-layer-norm",
    match: [div(centred, root), mul(centred, reciprocal(root))],
    when: ({ x, mean, variance, eps }, whole) =>
      sameType(x, whole) &&
      trailingAxis(mean) !== undefined &&
      trailingAxis(mean) === trailingAxis(variance) &&
      isEpsilon(eps),
    replace: ({ x, mean, eps }) =>
      layerNorm(x, undefined, undefined, {
        axis: trailingAxis(mean) as number,
        epsilon: scalarNumber(eps) as number,
      }),
    example: `div(${d}, sqrt(add(reduceMean(mul(${d}, ${d}), {axes: [2], keepDims: true}), 0.5))) => layerNorm(x, _, _, {axis: -1, epsilon: 0.5})`,
  }),
  rule({
    name: "fold-scale-into-layer-norm",
    match: mul(bind("y", like(layerNorm, $.x, absent, absent)), $.scale),
    when: ({ y, scale }, whole) => normParameter(scale, y, whole) !== undefined,
    replace: ({ x, y, scale }, whole) => layerNorm(x, normParameter(scale, y, whole), undefined, y.attributes as never),
    example:
      "w: f32[4], mul(layerNorm(x, _, _, {axis: -1, epsilon: 0.5}), w) => layerNorm(x, w, _, {axis: -1, epsilon: 0.5})",
  }),
  rule({
    name: "fold-bias-into-layer-norm",
    match: add(bind("y", like(layerNorm, $.x, $.scale, absent)), $.bias),
    when: ({ y, bias }, whole) => normParameter(bias, y, whole) !== undefined,
    replace: ({ x, y, scale, bias }, whole) =>
      layerNorm(x, scale, normParameter(bias, y, whole), y.attributes as never),
    example:
      "w: f32[4], b: f32[4], add(layerNorm(x, w, _, {axis: -1, epsilon: 0.5}), b) => layerNorm(x, w, b, {axis: -1, epsilon: 0.5})",
  }),
];
