import { like } from "../../graph/construct.ts";
import { isAbsent, isConstant } from "../../graph/leaves.ts";
import { $, bind, oneOf } from "../../graph/pattern.ts";
import type { Rule } from "../../graph/rule.ts";
import { rule } from "../../graph/rule.ts";
import type { Value } from "../../graph/value.ts";
import type { Activation } from "../../ops/activation.ts";
import { activations } from "../../ops/activation.ts";
import { add } from "../../ops/add.ts";
import { conv } from "../../ops/conv.ts";
import { convTranspose } from "../../ops/conv-transpose.ts";
import { mul } from "../../ops/mul.ts";
import { reshape } from "../../ops/reshape.ts";
import { rankOf } from "../shape-of.ts";
import { perChannel } from "./per-channel.ts";

const convolution = bind("y", like(conv, $.x, $.w, $.bias));
const isLinear = (y: Value) => y.attributes["activation"] === undefined;

/** A vector over output channels in the shape in which it multiplies weights [outputs, ...]. */
function besideWeights(factor: Value, w: Value): Value {
  const rank = rankOf(w) ?? 1;
  return reshape(factor, [-1, ...Array.from({ length: rank - 1 }, () => 1)]);
}

/** The same for a transposed convolution, whose weights are [channels, outputs, ...] where it has one group. */
const transposed = bind("y", like(convTranspose, $.x, $.w, $.bias));
const hasOneGroup = (y: Value) => ((y.attributes["group"] as number | undefined) ?? 1) === 1;

/** Factors, summands and activations after a convolution as part of it. A batch normalisation at inference is such a factor and summand. */
export const foldIntoConv: readonly Rule[] = [
  rule({
    name: "fold-scale-into-conv",
    match: mul(convolution, $.scale),
    when: ({ y, w, bias, scale }, whole) =>
      isLinear(y) && isConstant(w) && (isAbsent(bias) || isConstant(bias)) && perChannel(scale, y, whole) !== undefined,
    replace({ x, y, w, bias, scale }, whole) {
      const factor = perChannel(scale, y, whole) as Value;
      return conv(
        x,
        mul(w, besideWeights(factor, w)),
        isAbsent(bias) ? undefined : mul(bias, factor),
        y.attributes as never,
      );
    },
    example:
      "x: f32[1,2,5,5], mul(conv(x, f32[2,2,1,1] [1, 2, 3, 4], _), f32[2,1,1] [2, 3]) => conv(x, f32[2,2,1,1] [2, 4, 9, 12], _)",
  }),
  rule({
    name: "fold-bias-into-conv",
    match: add(convolution, $.b),
    when: ({ y, bias, b }, whole) =>
      isLinear(y) && (isAbsent(bias) || isConstant(bias)) && perChannel(b, y, whole) !== undefined,
    replace({ x, y, w, bias, b }, whole) {
      const summand = perChannel(b, y, whole) as Value;
      return conv(x, w, isAbsent(bias) ? summand : add(bias, summand), y.attributes as never);
    },
    example:
      "x: f32[1,2,5,5], add(conv(x, f32[2,2,1,1] [1, 2, 3, 4], _), f32[2,1,1] [2, 3]) => conv(x, f32[2,2,1,1] [1, 2, 3, 4], f32[2] [2, 3])",
  }),
  rule({
    name: "fold-scale-into-transposed-conv",
    match: mul(transposed, $.scale),
    when: ({ y, w, bias, scale }, whole) =>
      hasOneGroup(y) &&
      isConstant(w) &&
      (isAbsent(bias) || isConstant(bias)) &&
      perChannel(scale, y, whole) !== undefined,
    replace({ x, y, w, bias, scale }, whole) {
      const factor = perChannel(scale, y, whole) as Value;
      const places = (rankOf(w) ?? 2) - 2;
      const beside = reshape(factor, [-1, ...Array.from({ length: places }, () => 1)]);
      return convTranspose(x, mul(w, beside), isAbsent(bias) ? undefined : mul(bias, factor), y.attributes as never);
    },
    example:
      "x: f32[1,2,3,3], mul(convTranspose(x, f32[2,2,1,1] [1, 2, 3, 4], _), f32[2,1,1] [2, 3]) => convTranspose(x, f32[2,2,1,1] [2, 6, 6, 12], _)",
  }),
  rule({
    name: "fold-bias-into-transposed-conv",
    match: add(transposed, $.b),
    when: ({ y, bias, b }, whole) => (isAbsent(bias) || isConstant(bias)) && perChannel(b, y, whole) !== undefined,
    replace({ x, y, w, bias, b }, whole) {
      const summand = perChannel(b, y, whole) as Value;
      return convTranspose(x, w, isAbsent(bias) ? summand : add(bias, summand), y.attributes as never);
    },
    example:
      "x: f32[1,2,3,3], add(convTranspose(x, f32[2,1,1,1] [1, 2], _), f32[1] [3]) => convTranspose(x, f32[2,1,1,1] [1, 2], f32[1] [3])",
  }),
  rule({
    name: "fold-activation-into-conv",
    match: oneOf(...Object.values(activations).map((activation) => activation(convolution))),
    when: ({ y }, whole) => isLinear(y) && Object.keys(whole.attributes).length === 0,
    replace: ({ x, y, w, bias }, whole) =>
      conv(x, w, bias, { ...y.attributes, activation: whole.op.name as Activation }),
    example:
      'x: f32[1,1,5,5], relu(conv(x, f32[1,1,1,1] [2], _)) => conv(x, f32[1,1,1,1] [2], _, {activation: "relu"})',
  }),
];
