import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import { div } from "../../../ops/div.ts";
import { greater } from "../../../ops/greater.ts";
import { mul } from "../../../ops/mul.ts";
import { pow } from "../../../ops/pow.ts";
import { sqrt } from "../../../ops/sqrt.ts";
import { sub } from "../../../ops/sub.ts";
import { where } from "../../../ops/where.ts";
import { FormatError } from "../../../tensor/errors.ts";
import type { OnnxNode } from "../node.ts";
import { onnxOps } from "../onnx-op.ts";
import { castTo, constantLike, dtypeOf } from "./precision.ts";

/** Optimiser steps: (rate, step, parameters..., gradients..., states...) to (parameters..., states...). */
export const training = onnxOps(
  {
    Adagrad: (inputs, node) => eachParameter(inputs, 1, (operands) => adagrad(operands, node)),
    Adam: (inputs, node) => eachParameter(inputs, 2, (operands) => adam(operands, node)),
    Momentum: (inputs, node) => eachParameter(inputs, 1, (operands) => momentum(operands, node)),
  },
  "ai.onnx.preview.training",
);

interface Operands {
  readonly rate: Value;
  readonly step: Value;
  readonly x: Value;
  readonly gradient: Value;
  readonly states: readonly Value[];
}

/** Applies a step to every parameter; results come grouped as the operands do. */
function eachParameter(
  inputs: readonly Value[],
  stateCount: number,
  apply: (operands: Operands) => readonly Value[],
): readonly Value[] {
  const [rate, step, ...rest] = inputs.filter((input) => input.type.kind === "tensor") as [Value, Value, ...Value[]];
  const count = rest.length / (2 + stateCount);
  const results = Array.from({ length: count }, (_unused, i) => {
    const [x, gradient, ...states] = rest.filter((_value, at) => at % count === i) as [Value, Value, ...Value[]];
    return apply({ rate: castTo(rate, dtypeOf(x)), step, x, gradient, states });
  });
  return Array.from({ length: 1 + stateCount }, (_unused, at) => results.map((result) => result[at] as Value)).flat();
}

function required(node: OnnxNode, name: string): number {
  const value = node.float(name);
  if (value !== undefined) return value;
  throw new FormatError(`the attribute "${name}" is missing.`);
}

const regularized = ({ x, gradient }: Operands, coefficient: number): Value => add(mul(x, coefficient), gradient);
const isLater = (step: Value): Value => greater(step, constantLike(step, 0));

function momentum(operands: Operands, node: OnnxNode): readonly Value[] {
  const { rate, step, x, states } = operands;
  const [alpha, beta] = [required(node, "alpha"), required(node, "beta")];
  const gradient = regularized(operands, required(node, "norm_coefficient"));
  const share = where(isLater(step), constantLike(x, beta), constantLike(x, 1));
  const velocity = add(mul(states[0] as Value, alpha), mul(gradient, share));
  const isNesterov = node.choice("mode", ["standard", "nesterov"], "standard") === "nesterov";
  const direction = isNesterov ? add(gradient, mul(velocity, alpha)) : velocity;
  return [sub(x, mul(direction, rate)), velocity];
}

function adagrad(operands: Operands, node: OnnxNode): readonly Value[] {
  const { rate, step, x, states } = operands;
  const decayed = div(rate, add(mul(castTo(step, dtypeOf(x)), node.float("decay_factor", 0)), 1));
  const gradient = regularized(operands, node.float("norm_coefficient", 0));
  const squares = add(states[0] as Value, mul(gradient, gradient));
  const root = add(sqrt(squares), node.float("epsilon", 1e-6));
  return [sub(x, div(mul(gradient, decayed), root)), squares];
}

function adam(operands: Operands, node: OnnxNode): readonly Value[] {
  const { rate, step, x, states } = operands;
  const [alpha, beta] = [node.float("alpha", 0.9), node.float("beta", 0.999)];
  const gradient = regularized(operands, node.float("norm_coefficient", 0));
  const first = add(mul(states[0] as Value, alpha), mul(gradient, 1 - alpha));
  const second = add(mul(states[1] as Value, beta), mul(mul(gradient, gradient), 1 - beta));
  const root = add(sqrt(second), node.float("epsilon", 1e-6));
  const count = castTo(step, dtypeOf(x));
  const bias = (factor: number) => sub(constantLike(x, 1), pow(constantLike(x, factor), count));
  const corrected = where(isLater(step), div(mul(rate, sqrt(bias(beta))), bias(alpha)), rate);
  const moved = sub(x, mul(corrected, div(first, root)));
  return [mul(moved, 1 - node.float("norm_coefficient_post", 0)), first, second];
}
