import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { SettledActivation } from "../../ops/recurrent-activations.ts";
import { emitOf } from "../elementwise/evaluate-expression.ts";

/** The operators whose formulas the activations of recurrent layers are, by their names there. */
const operators: Readonly<Record<string, string>> = {
  elu: "elu",
  hardsigmoid: "hardSigmoid",
  leakyrelu: "leakyRelu",
  relu: "relu",
  sigmoid: "sigmoid",
  softplus: "softplus",
  softsign: "softsign",
  tanh: "tanh",
  thresholdedrelu: "thresholdedRelu",
};

/** The formula of an activation on a vector of f32. */
export function activate(k: Builder, { name, alpha, beta }: SettledActivation, x: Node): Node {
  if (name === "affine") return k.add(k.mul(x, alpha), beta);
  if (name === "scaledtanh") return k.mul(k.tanh(k.mul(x, beta)), alpha);
  const made = emitOf(operators[name] as string)?.(k, [x], { alpha, beta }, { operands: ["f32"], result: "f32" });
  if (made === undefined) throw new RangeError(`Bug: the activation ${name} has no formula.`);
  return made;
}
