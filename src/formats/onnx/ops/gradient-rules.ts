import type { Op } from "../../../graph/op.ts";
import type { Value } from "../../../graph/value.ts";
import { abs } from "../../../ops/abs.ts";
import { add } from "../../../ops/add.ts";
import { cast } from "../../../ops/cast.ts";
import { cos } from "../../../ops/cos.ts";
import { div } from "../../../ops/div.ts";
import { exp } from "../../../ops/exp.ts";
import { greater } from "../../../ops/greater.ts";
import { log } from "../../../ops/log.ts";
import { matmul } from "../../../ops/matmul.ts";
import { mul } from "../../../ops/mul.ts";
import { neg } from "../../../ops/neg.ts";
import { pow } from "../../../ops/pow.ts";
import { reciprocal } from "../../../ops/reciprocal.ts";
import { relu } from "../../../ops/relu.ts";
import { reshape } from "../../../ops/reshape.ts";
import { shapeOf } from "../../../ops/shape-of.ts";
import { sigmoid } from "../../../ops/sigmoid.ts";
import { sign } from "../../../ops/sign.ts";
import { sin } from "../../../ops/sin.ts";
import { sqrt } from "../../../ops/sqrt.ts";
import { sub } from "../../../ops/sub.ts";
import { tanh } from "../../../ops/tanh.ts";
import { transpose } from "../../../ops/transpose.ts";
import { rankOf } from "../shape-values.ts";
import { castTo, dtypeOf } from "./precision.ts";

/** From the gradient g of y = op(operands) those of the operands; of operands that are broadcast, before they are summed up. */
export type GradientRule = (g: Value, y: Value, operands: readonly Value[]) => readonly Value[];

type Unary = (g: Value, y: Value, x: Value) => Value;
const unary =
  (rule: Unary): GradientRule =>
  (g, y, [x]) => [rule(g, y, x as Value)];
type Binary = (g: Value, a: Value, b: Value, y: Value) => readonly [Value, Value];
const binary =
  (rule: Binary): GradientRule =>
  (g, y, [a, b]) =>
    rule(g, a as Value, b as Value, y);

export const gradientRules: ReadonlyMap<Op, GradientRule> = new Map<Op, GradientRule>([
  [abs, unary((g, _y, x) => mul(g, sign(x)))],
  [add, binary((g) => [g, g])],
  [cast, unary((g, _y, x) => castTo(g, dtypeOf(x)))],
  [cos, unary((g, _y, x) => neg(mul(g, sin(x))))],
  [div, binary((g, _a, b, y) => [div(g, b), neg(div(mul(g, y), b))])],
  [exp, unary((g, y) => mul(g, y))],
  [log, unary((g, _y, x) => div(g, x))],
  [matmul, binary((g, a, b) => [matmul(g, swapped(b)), matmul(swapped(a), g)])],
  [mul, binary((g, a, b) => [mul(g, b), mul(g, a)])],
  [neg, unary((g) => neg(g))],
  [pow, binary((g, a, b, y) => [mul(g, mul(b, pow(a, sub(b, 1)))), mul(g, mul(y, log(a)))])],
  [reciprocal, unary((g, y) => neg(mul(g, mul(y, y))))],
  [relu, unary((g, _y, x) => mul(g, castTo(greater(x, 0), dtypeOf(x))))],
  [reshape, (g, _y, [x]) => [reshape(g, shapeOf(x as Value))]],
  [sigmoid, unary((g, y) => mul(g, sub(y, mul(y, y))))],
  [sin, unary((g, _y, x) => mul(g, cos(x)))],
  [sqrt, unary((g, y) => div(mul(g, 0.5), y))],
  [sub, binary((g) => [g, neg(g)])],
  [tanh, unary((g, y) => sub(g, mul(g, mul(y, y))))],
  [
    transpose,
    unary((g, y) => transpose(g, { permutation: inverted(y.attributes["permutation"] as readonly number[]) })),
  ],
]);

/** Matrices in the last two axes turned over. */
function swapped(x: Value): Value {
  const axes = Array.from({ length: rankOf(x) }, (_unused, i) => i);
  return transpose(x, { permutation: [...axes.slice(0, -2), ...axes.slice(-2).reverse()] });
}

const inverted = (permutation: readonly number[]): number[] => permutation.map((_axis, i) => permutation.indexOf(i));
