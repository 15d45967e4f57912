import { absent, isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import { clip } from "../../../ops/clip.ts";
import { expertLinear } from "../../../ops/expert-linear.ts";
import { expertLinearNBits } from "../../../ops/expert-linear-n-bits.ts";
import { gelu } from "../../../ops/gelu.ts";
import { mul } from "../../../ops/mul.ts";
import { reduceSum } from "../../../ops/reduce-sum.ts";
import { relu } from "../../../ops/relu.ts";
import { shapeOf } from "../../../ops/shape-of.ts";
import { silu } from "../../../ops/silu.ts";
import { slice } from "../../../ops/slice.ts";
import { operandShape } from "../../../ops/tensor-operand.ts";
import { unsqueeze } from "../../../ops/unsqueeze.ts";
import { UnsupportedError } from "../../../tensor/errors.ts";
import type { OnnxNode } from "../node.ts";
import type { OnnxInputs } from "../onnx-op.ts";
import { onnxOps } from "../onnx-op.ts";
import { joinSizes, reshapeTo, sizeOf } from "../shape-values.ts";
import { routeTokens } from "./expert-routing.ts";
import { castTo, computeWide, dtypeOf, widened } from "./precision.ts";
import type { WeightBits } from "./quantized-blocks.ts";
import { sizeAttribute, unpackBytes, unpackZeroPoints, weightBits } from "./quantized-blocks.ts";
import { rankOf } from "./rank.ts";

/** Mixtures of experts. */
export const contribExperts = onnxOps({ MoE: mixture, QMoE: quantizedMixture }, "com.microsoft");

/** The product of rows [tokens, 1 or k, size] with the weights of the experts that they were given to. */
type Product = (x: Value, experts: Value) => Value;

interface Layers {
  /** Whether the weights of a token's experts add up to 1 whatever the node says. */
  readonly isAlwaysNormalized: boolean;
  readonly up: Product;
  readonly down: Product;
  /** A second product beside `up`, by which its activation is multiplied. */
  readonly gate: Product | undefined;
}

function mixture(inputs: OnnxInputs, node: OnnxNode): Value {
  const [x, scores, up, upBias, down, downBias, gate, gateBias] = inputs;
  const layer =
    (weights: Value, bias: Value): Product =>
    (rows, experts) =>
      expertLinear(rows, widened(weights), experts, widened(bias));
  const beside = isAbsent(gate) ? undefined : layer(gate, gateBias);
  const layers = { up: layer(up, upBias), down: layer(down, downBias), gate: beside, isAlwaysNormalized: false };
  return mixed(x, scores, absent, layers, node);
}

function quantizedMixture(inputs: OnnxInputs, node: OnnxNode): Value {
  node.ignore("accuracy_level");
  requireIntegers(node);
  const layer = (at: number, zeroAt: number, name: string): Product => {
    const [packed, scales, bias, zeros] = [at, at + 1, at + 2, zeroAt].map((i) => inputs[i] ?? absent) as [
      Value,
      Value,
      Value,
      Value,
    ];
    return quantizedProduct({ packed, scales, bias, zeros }, weightBits(node, bitsAttribute(node, name)), node);
  };
  const layers = {
    isAlwaysNormalized: true,
    up: layer(2, 11, "fc1"),
    down: layer(5, 12, "fc2"),
    gate: isAbsent(inputs[8]) ? undefined : layer(8, 13, "fc3"),
  };
  node.ignore("fc3_expert_weight_bits");
  return mixed(inputs[0], inputs[1], inputs[14] ?? absent, layers, node);
}

const bitsAttribute = (node: OnnxNode, name: string): string => {
  const own = `${name}_expert_weight_bits`;
  node.ignore("expert_weight_bits");
  return node.has(own) ? own : "expert_weight_bits";
};

function requireIntegers(node: OnnxNode): void {
  const [kind, layout] = [node.string("quant_type", "int"), node.int("weights_prepacked", -1)];
  if (kind === "int" && layout < 1) return;
  throw new UnsupportedError(
    `experts of quant_type "${kind}" with weights_prepacked ${layout} are not supported here; export the model with quant_type "int" and weights_prepacked 0.`,
  );
}

interface PackedLayer {
  readonly packed: Value;
  readonly scales: Value;
  readonly bias: Value;
  readonly zeros: Value;
}

/** Weights [experts, columns, bytes] with a scale a block of a row, or one a row where the node has no block size. */
function quantizedProduct({ packed, scales, bias, zeros }: PackedLayer, bits: WeightBits, node: OnnxNode): Product {
  const bytes = operandShape(packed, "the weights of experts", 3)?.[2];
  if (typeof bytes !== "number") {
    throw new UnsupportedError("the shape of the weights of experts is not known; export the model with shapes.");
  }
  const depth = (bytes * 8) / bits;
  const blockSize = node.int("block_size", 0) > 0 ? sizeAttribute(node, "block_size") : depth;
  const blocks = reshapeTo(packed, [0, 0, Math.ceil(depth / blockSize), (blockSize * bits) / 8], true);
  const isByRow = rankOf(scales, "scales") === 2;
  const rows = isByRow ? unsqueeze(scales, [2]) : scales;
  const offsets = isByRow && !isAbsent(zeros) ? zerosOfRows(zeros, scales, bits) : zeros;
  return (x, experts) => expertLinearNBits(x, blocks, rows, experts, offsets, bias, { bits, blockSize });
}

/** Zero points that are packed along the rows, as floats [experts, columns, 1]. */
const zerosOfRows = (zeros: Value, scales: Value, bits: WeightBits): Value => {
  const apart = bits === 8 ? unpackBytes(zeros, bits) : unpackZeroPoints(zeros, scales, bits);
  return unsqueeze(castTo(apart, dtypeOf(scales)), [2]);
};

/** Each token's answers of its experts, added up by their weights; half floats are computed with as f32 and rounded at the end. */
function mixed(
  x: Value,
  scores: Value,
  mixing: Value,
  { up, down, gate, isAlwaysNormalized }: Layers,
  node: OnnxNode,
): Value {
  const [wideScores, wideMixing] = [scores, mixing].map(widened) as [Value, Value];
  const { experts, weights } = routeTokens(wideScores, wideMixing, node, isAlwaysNormalized);
  return computeWide(x, (wide) => {
    const rows = reshapeTo(wide, joinSizes([-1, 1], sizeOf(wide, -1)));
    const hidden = activated(up(rows, experts), gate?.(rows, experts), node);
    const answers = mul(down(hidden, experts), unsqueeze(weights, [2]));
    return reshapeTo(reduceSum(answers, { axes: [1], keepDims: false }), shapeOf(x));
  });
}

const plainActivations: Readonly<Record<string, (x: Value) => Value>> = {
  gelu: (x) => gelu(x, { approximate: "tanh" }),
  identity: (x) => x,
  relu: (x) => relu(x),
  relu2: (x) => mul(relu(x), relu(x)),
  silu: (x) => silu(x),
};

function activated(x: Value, beside: Value | undefined, node: OnnxNode): Value {
  node.ignore("activation_alpha", "activation_beta", "swiglu_limit", "swiglu_fusion", "swiglu_limit_after_activation");
  const kind = node.choice("activation_type", ["gelu", "geglu", "identity", "relu", "relu2", "silu", "swiglu"], "relu");
  if (kind !== "swiglu" && kind !== "geglu") {
    const y = (plainActivations[kind] as (x: Value) => Value)(x);
    return beside === undefined ? y : mul(y, beside);
  }
  const [g, l] = halves(x, beside, node);
  return kind === "geglu" ? mul(gelu(g, { approximate: "tanh" }), l) : swiGlu(g, l, node);
}

/** min(g, limit) · sigmoid(alpha · min(g, limit)) · (l within ±limit + beta). */
function swiGlu(g: Value, l: Value, node: OnnxNode): Value {
  const [alpha, beta, limit] = [
    node.float("activation_alpha", 1),
    node.float("activation_beta", 0),
    node.float("swiglu_limit", Number.POSITIVE_INFINITY),
  ];
  const isAfter = node.flag("swiglu_limit_after_activation", false);
  const below = (x: Value): Value => (limit === Number.POSITIVE_INFINITY ? x : clip(x, undefined, limit));
  const swish = (x: Value): Value => (alpha === 1 ? silu(x) : silu(x, { alpha }));
  const open = isAfter ? below(swish(g)) : swish(below(g));
  const linear = limit === Number.POSITIVE_INFINITY ? l : clip(l, -limit, limit);
  return mul(open, beta === 0 ? linear : add(linear, beta));
}

/** The gate and what it lets through: of two products, in turns, or one after the other. */
function halves(x: Value, beside: Value | undefined, node: OnnxNode): [Value, Value] {
  const end = [Number.MAX_SAFE_INTEGER];
  if (beside !== undefined) return [x, beside];
  if (node.int("swiglu_fusion", 0) !== 2) return [slice(x, [0], end, [2], [2]), slice(x, [1], end, [2], [2])];
  const size = operandShape(x, "the product", 3)?.[2];
  if (typeof size !== "number") {
    throw new UnsupportedError("the shape of the weights of experts is not known; export the model with shapes.");
  }
  return [slice(x, [0], [size / 2], [2], undefined), slice(x, [size / 2], end, [2], undefined)];
}
