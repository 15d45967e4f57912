import { like } from "../../graph/construct.ts";
import { absent } from "../../graph/leaves.ts";
import { $, bind, oneOf } from "../../graph/pattern.ts";
import type { Rule } from "../../graph/rule.ts";
import { rule } from "../../graph/rule.ts";
import type { Value } from "../../graph/value.ts";
import type { Activation } from "../../ops/activation.ts";
import { activations } from "../../ops/activation.ts";
import { add } from "../../ops/add.ts";
import { linear } from "../../ops/linear.ts";
import { matmul } from "../../ops/matmul.ts";
import { dimEquals } from "../../tensor/dim.ts";
import { isFloatValue } from "../dtype-of.ts";
import { sameType } from "../same-type.ts";

/** True for a vector with one element for each column of the product. */
function isRowBias(bias: Value, product: Value): boolean {
  const [b, p] = [bias.type, product.type];
  if (b.kind !== "tensor" || p.kind !== "tensor" || b.shape?.length !== 1 || p.shape === undefined) return false;
  const columns = p.shape[p.shape.length - 1];
  return columns !== undefined && dimEquals(b.shape[0] as number, columns);
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
