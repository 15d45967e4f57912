import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import { elu } from "../../../ops/elu.ts";
import { hardSigmoid } from "../../../ops/hard-sigmoid.ts";
import { leakyRelu } from "../../../ops/leaky-relu.ts";
import { mul } from "../../../ops/mul.ts";
import { relu } from "../../../ops/relu.ts";
import { selu } from "../../../ops/selu.ts";
import { sigmoid } from "../../../ops/sigmoid.ts";
import { softplus } from "../../../ops/softplus.ts";
import { softsign } from "../../../ops/softsign.ts";
import { tanh } from "../../../ops/tanh.ts";
import { thresholdedRelu } from "../../../ops/thresholded-relu.ts";
import { FormatError } from "../../../tensor/errors.ts";
import type { OnnxNode } from "../node.ts";

type Apply = (x: Value, parameter: (name: "alpha" | "beta" | "gamma", otherwise: number) => number) => Value;

const table: Readonly<Record<string, Apply>> = {
  Affine: (x, p) => add(mul(x, p("alpha", 1)), p("beta", 0)),
  Elu: (x, p) => elu(x, { alpha: p("alpha", 1) }),
  HardSigmoid: (x, p) => hardSigmoid(x, { alpha: p("alpha", 0.2), beta: p("beta", 0.5) }),
  LeakyRelu: (x, p) => leakyRelu(x, { alpha: p("alpha", 0.01) }),
  ParametricSoftplus: (x, p) => mul(softplus(mul(x, p("beta", 1))), p("alpha", 1)),
  Relu: (x) => relu(x),
  ScaledTanh: (x, p) => mul(tanh(mul(x, p("beta", 1))), p("alpha", 1)),
  Selu: (x, p) => selu(x, { alpha: p("alpha", 1.6732631921768188), gamma: p("gamma", 1.0507010221481323) }),
  Sigmoid: (x) => sigmoid(x),
  Softplus: (x) => softplus(x),
  Softsign: (x) => softsign(x),
  Tanh: (x) => tanh(x),
  ThresholdedRelu: (x, p) => thresholdedRelu(x, { alpha: p("alpha", 1) }),
};

/** The activation that an optimiser fused into a node, with its parameters in activation_alpha, _beta and _gamma; none when there is no name. */
export function fusedActivation(x: Value, node: OnnxNode): Value {
  node.ignore("activation_alpha", "activation_beta", "activation_gamma", "activation_axis");
  const name = node.string("activation", "");
  if (name === "") return x;
  const apply = Object.hasOwn(table, name) ? table[name] : undefined;
  if (apply !== undefined) return apply(x, (parameter, otherwise) => node.float(`activation_${parameter}`, otherwise));
  throw new FormatError(
    `the attribute "activation" must be one of ${Object.keys(table).join(", ")}, got "${name}"; export the model without fused activations.`,
  );
}
