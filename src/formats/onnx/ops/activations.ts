import type { Value } from "../../../graph/value.ts";
import { celu } from "../../../ops/celu.ts";
import { elu } from "../../../ops/elu.ts";
import { gelu } from "../../../ops/gelu.ts";
import { hardSigmoid } from "../../../ops/hard-sigmoid.ts";
import { hardSwish } from "../../../ops/hard-swish.ts";
import { leakyRelu } from "../../../ops/leaky-relu.ts";
import { mish } from "../../../ops/mish.ts";
import { mul } from "../../../ops/mul.ts";
import { prelu } from "../../../ops/prelu.ts";
import { relu } from "../../../ops/relu.ts";
import { selu } from "../../../ops/selu.ts";
import { shrink } from "../../../ops/shrink.ts";
import { sigmoid } from "../../../ops/sigmoid.ts";
import { silu } from "../../../ops/silu.ts";
import { softplus } from "../../../ops/softplus.ts";
import { softsign } from "../../../ops/softsign.ts";
import { tanh } from "../../../ops/tanh.ts";
import { operandShape } from "../../../ops/tensor-operand.ts";
import { thresholdedRelu } from "../../../ops/thresholded-relu.ts";
import type { OnnxNode } from "../node.ts";
import type { OnnxMapping } from "../onnx-op.ts";
import { onnxOps } from "../onnx-op.ts";
import { alignToAxis, oneOperand } from "./elementwise.ts";

/** One operand and what the node's attributes say. */
const withSettings =
  (apply: (x: Value, node: OnnxNode) => Value): OnnxMapping =>
  ([x], node) => {
    node.ignore("consumed_inputs");
    return apply(x, node);
  };

/** x · sigmoid(alpha · x). */
export const swish = (x: Value, alpha: number): Value => (alpha === 1 ? silu(x) : silu(x, { alpha }));

export const activations = onnxOps({
  Celu: withSettings((x, node) => celu(x, { alpha: node.float("alpha", 1) })),
  Elu: withSettings((x, node) => elu(x, { alpha: node.float("alpha", 1) })),
  Gelu: withSettings((x, node) =>
    node.choice("approximate", ["none", "tanh"], "none") === "tanh" ? gelu(x, { approximate: "tanh" }) : gelu(x),
  ),
  HardSigmoid: withSettings((x, node) =>
    hardSigmoid(x, { alpha: node.float("alpha", 0.2), beta: node.float("beta", 0.5) }),
  ),
  HardSwish: oneOperand(hardSwish),
  LeakyRelu: withSettings((x, node) => leakyRelu(x, { alpha: node.float("alpha", 0.01) })),
  Mish: oneOperand(mish),
  ParametricSoftplus: withSettings((x, node) => mul(softplus(mul(x, node.float("beta", 1))), node.float("alpha", 1))),
  PRelu: {
    1: ([x, slope], node) => {
      node.ignore("consumed_inputs");
      return prelu(x, perChannel(x, slope));
    },
    7: ([x, slope]) => prelu(x, slope),
  },
  Relu: oneOperand(relu),
  ScaledTanh: withSettings((x, node) => mul(tanh(mul(x, node.float("beta", 1))), node.float("alpha", 1))),
  Selu: {
    1: withSettings((x, node) => selu(x, { alpha: node.float("alpha", 1.6732), gamma: node.float("gamma", 1.0507) })),
    6: withSettings((x, node) =>
      selu(x, { alpha: node.float("alpha", 1.6732631921768188), gamma: node.float("gamma", 1.0507010221481323) }),
    ),
  },
  Shrink: withSettings((x, node) => shrink(x, { bias: node.float("bias", 0), lambd: node.float("lambd", 0.5) })),
  Sigmoid: oneOperand(sigmoid),
  Softplus: oneOperand(softplus),
  Softsign: oneOperand(softsign),
  Swish: withSettings((x, node) => swish(x, node.float("alpha", 1))),
  Tanh: oneOperand(tanh),
  ThresholdedRelu: withSettings((x, node) => thresholdedRelu(x, { alpha: node.float("alpha", 1) })),
});

/** Before opset 7 a vector of slopes belongs to axis 1, the channels. */
const perChannel = (x: Value, slope: Value): Value =>
  operandShape(slope, "slope")?.length === 1 && slope.type.kind === "tensor" && slope.type.shape?.[0] !== 1
    ? alignToAxis(x, slope, 1)
    : slope;
