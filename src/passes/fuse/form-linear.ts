import { like } from "../../graph/construct.ts";
import { absent, isAbsent, isConstant } from "../../graph/leaves.ts";
import { $, bind, oneOf } from "../../graph/pattern.ts";
import type { Rule } from "../../graph/rule.ts";
import { rule } from "../../graph/rule.ts";
import type { Value } from "../../graph/value.ts";
import type { Activation } from "../../ops/activation.ts";
import { activations } from "../../ops/activation.ts";
import { add } from "../../ops/add.ts";
import { linear } from "../../ops/linear.ts";
import { matmul } from "../../ops/matmul.ts";
import { mul } from "../../ops/mul.ts";
import { reshape } from "../../ops/reshape.ts";
import type { Dim } from "../../tensor/dim.ts";
import { dimEquals, isUnknownDim } from "../../tensor/dim.ts";
import { isFloatValue } from "../dtype-of.ts";
import { sameType } from "../same-type.ts";
import { rankOf, shapeOf } from "../shape-of.ts";

/** True for a vector with one element for each column of the product. */
function isRowBias(bias: Value, product: Value): boolean {
  const [b, p] = [bias.type, product.type];
  if (b.kind !== "tensor" || p.kind !== "tensor" || b.shape?.length !== 1 || p.shape === undefined) return false;
  const columns = p.shape[p.shape.length - 1];
  return columns !== undefined && dimEquals(b.shape[0] as number, columns);
}

/** The axes before the last of `whole`, a reshape of the product `y` that keeps its last axis: undefined where it does not, or a dim is not known. */
function rowsLike(whole: Value, y: Value): readonly Dim[] | undefined {
  const [to, from] = [shapeOf(whole), shapeOf(y)];
  const [columns, last] = [to?.at(-1), from?.at(-1)];
  if (to === undefined || columns === undefined || last === undefined || to.some(isUnknownDim)) return undefined;
  return to.length > 1 && dimEquals(columns, last) ? to.slice(0, -1) : undefined;
}

/** A matrix product with the bias and the activation after it as one operator. */
export const formLinear: readonly Rule[] = [
  rule({
    name: "form-linear",
    match: add(bind("y", matmul($.a, $.b)), $.bias),
    when: ({ y, bias }, whole) => isFloatValue(y) && sameType(y, whole) && isRowBias(bias, y),
    replace: ({ a, b, bias }) => linear(a, b, bias),
    example: "a: f32[2,3], b: f32[3,4], c: f32[4], add(c, matmul(a, b)) => linear(a, b, c)",
  }),
  rule({
    name: "fold-scale-into-linear",
    match: mul(bind("y", like(linear, $.a, $.b, $.bias)), $.scale),
    when: ({ y, b, bias, scale }, whole) =>
      y.attributes["activation"] === undefined &&
      [b, scale].every(isConstant) &&
      (isAbsent(bias) || isConstant(bias)) &&
      sameType(y, whole) &&
      isRowBias(scale, y),
    replace: ({ a, b, bias, scale }) => linear(a, mul(b, scale), isAbsent(bias) ? bias : mul(bias, scale)),
    example:
      "a: f32[2,2], mul(linear(a, f32[2,2] [1, 2, 3, 4], f32[2] [5, 6]), f32[2] [2, 3]) => linear(a, f32[2,2] [2, 6, 6, 12], f32[2] [10, 18])",
  }),
  rule({
    name: "drop-reshape-after-linear",
    match: like(reshape, bind("y", like(linear, bind("z", like(reshape, $.x, $.shape)), $.b, $.bias)), $.axes),
    when: ({ y, b }, whole) => rankOf(b) === 2 && rowsLike(whole, y) !== undefined,
    replace: ({ x, y, z, b, bias }, whole) => {
      const rows = rowsLike(whole, y) as readonly Dim[];
      return linear(reshape(x, [...rows, shapeOf(z)?.at(-1) as Dim]), b, bias, y.attributes);
    },
    example:
      "x: f32[B,T,4], w: f32[4,6], reshape(linear(reshape(x, [B*T, 4]), w, _), [B, T, 6]) => linear(reshape(x, [B, T, 4]), w, _)",
  }),
  rule({
    name: "fold-activation-into-linear",
    match: oneOf(
      ...Object.values(activations).map((activation) => activation(bind("y", like(linear, $.a, $.b, $.bias)))),
    ),
    when: ({ y }, whole) => y.attributes["activation"] === undefined && Object.keys(whole.attributes).length === 0,
    replace: ({ a, b, bias }, whole) => linear(a, b, bias, { activation: whole.op.name as Activation }),
    example: 'a: f32[2,3], b: f32[3,4], relu(linear(a, b, _)) => linear(a, b, _, {activation: "relu"})',
  }),
  rule({
    name: "fold-activation-into-matmul",
    match: oneOf(...Object.values(activations).map((activation) => activation(matmul($.a, $.b)))),
    when: (_bound, whole) => isFloatValue(whole) && Object.keys(whole.attributes).length === 0,
    replace: ({ a, b }, whole) => linear(a, b, absent, { activation: whole.op.name as Activation }),
    example: 'a: f32[2,3], b: f32[3,4], silu(matmul(a, b)) => linear(a, b, _, {activation: "silu"})',
  }),
];
