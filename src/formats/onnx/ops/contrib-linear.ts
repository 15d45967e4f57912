import { constant, isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import { cast } from "../../../ops/cast.ts";
import { dequantizeLinear } from "../../../ops/dequantize-linear.ts";
import { expand } from "../../../ops/expand.ts";
import { gather } from "../../../ops/gather.ts";
import { gelu } from "../../../ops/gelu.ts";
import { matmul } from "../../../ops/matmul.ts";
import { matmulNBits } from "../../../ops/matmul-n-bits.ts";
import { mul } from "../../../ops/mul.ts";
import { slice } from "../../../ops/slice.ts";
import { operandShape } from "../../../ops/tensor-operand.ts";
import { transpose } from "../../../ops/transpose.ts";
import { UnsupportedError } from "../../../tensor/errors.ts";
import { fromNumbers } from "../../../tensor/numbers.ts";
import type { OnnxNode } from "../node.ts";
import type { OnnxInputs } from "../onnx-op.ts";
import { onnxOps } from "../onnx-op.ts";
import { joinSizes, requiredAttribute, reshapeTo, sizesOf } from "../shape-values.ts";
import { fusedActivation } from "./fused-activation.ts";
import { gemm } from "./linear.ts";
import { castTo, constantLike, dtypeOf } from "./precision.ts";
import { sizeAttribute, unpackBytes, weightBits } from "./quantized-blocks.ts";
import { rankOf } from "./rank.ts";

/** Matrix products of com.microsoft on floats, with weights of few bits among them. */
export const contribLinear = onnxOps(
  {
    FusedGemm: (inputs, node) => fusedActivation(gemm(inputs, node), node),
    FusedMatMul: fusedMatmul,
    FusedMatMulActivation: (inputs, node) => fusedActivation(fusedMatmul(inputs, node), node),
    GemmFastGelu: ([x, w, bias]) => gelu(biased(matmul(x, w), bias), { approximate: "tanh" }),
    MatMulBnb4: matmulBnb4,
    MatMulNBits: mapMatmulNBits,
    TransposeMatMul: fusedMatmul,
  },
  "com.microsoft",
);

const biased = (x: Value, bias: Value): Value => (isAbsent(bias) ? x : add(x, bias));

/** alpha · A' B', either operand turned around as its attributes say. */
function fusedMatmul([a, b]: OnnxInputs, node: OnnxNode): Value {
  const flags = (name: string) => [node.flag(`trans${name}`, false), node.flag(`transBatch${name}`, false)] as const;
  const product = matmul(turned(a, ...flags("A")), turned(b, ...flags("B")));
  const alpha = node.float("alpha", 1);
  return alpha === 1 ? product : mul(product, alpha);
}

/** `isBatchLast`: the first axis is one of the matrix, the batch axes come between. A vector stays as it is. */
function turned(x: Value, isFlipped: boolean, isBatchLast: boolean): Value {
  if (!isFlipped && !isBatchLast) return x;
  const rank = rankOf(x, "an operand");
  if (rank < 2) return x;
  const axes = Array.from({ length: rank }, (_unused, i) => i);
  const first = isBatchLast ? 0 : rank - 2;
  const batch = axes.filter((axis) => axis !== first && axis !== rank - 1);
  return transpose(x, { permutation: [...batch, ...(isFlipped ? [rank - 1, first] : [first, rank - 1])] });
}

/** Weights [N, blocks, bytes] of 2, 4 or 8 bits. `accuracy_level` allows less precision than we compute with. */
function mapMatmulNBits([x, packed, scales, zeroPoints, groups, bias]: OnnxInputs, node: OnnxNode): Value {
  node.ignore("accuracy_level");
  requirePlainLayout(node);
  const bits = weightBits(node);
  const [n, k, blockSize] = [sizeAttribute(node, "N"), sizeAttribute(node, "K"), sizeAttribute(node, "block_size")];
  if (isEmpty(packed)) {
    return biased(expand(constantLike(x, 0), joinSizes(sizesOf(x, 0, -1), [n])), bias);
  }
  const blocks = Math.ceil(k / blockSize);
  const zeroBytes = Math.ceil((blocks * bits) / 8);
  const zeros = isAbsent(zeroPoints) || dtypeOf(zeroPoints) === "u8" ? zeroBytes : blocks;
  return matmulNBits(
    x,
    shaped(packed, [n, blocks, (blockSize * bits) / 8]),
    shaped(scales, [n, blocks]),
    isAbsent(zeroPoints) ? zeroPoints : shaped(zeroPoints, [n, zeros]),
    bias,
    isAbsent(groups) || isEmpty(groups) ? undefined : groups,
    { bits, blockSize },
  );
}

function requirePlainLayout(node: OnnxNode): void {
  const layout = node.int("weight_prepacked", 0);
  if (layout === 0) return;
  throw new UnsupportedError(
    `the weights are prepacked for one kind of GPU (weight_prepacked ${layout}); export the model with weight_prepacked 0.`,
  );
}

const isEmpty = (x: Value): boolean => operandShape(x, "an operand")?.includes(0) ?? false;

/** Writers store some parameters flat. */
const shaped = (x: Value, shape: readonly number[]): Value => {
  const held = operandShape(x, "a parameter");
  const isSame = held?.length === shape.length && held.every((dim, i) => dim === shape[i]);
  return isSame ? x : reshapeTo(x, shape);
};

/** The 16 numbers that the quantisation types "fp4" and "nf4" of bitsandbytes stand for, over the largest number of a block. */
const codes = {
  fp4: [0, 1 / 192, 2 / 3, 1, 1 / 3, 1 / 2, 1 / 6, 1 / 4],
  nf4: [
    -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334,
    -0.09105003625154495, 0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
    0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1,
  ],
};

/** Weights [N, K] as one run of codes of 4 bits, the first of each byte in its high bits, with a largest number for each block. */
function matmulBnb4([x, packed, largest]: OnnxInputs, node: OnnxNode): Value {
  node.ignore("training_mode");
  const [n, k, blockSize] = [sizeAttribute(node, "N"), sizeAttribute(node, "K"), sizeAttribute(node, "block_size")];
  const { fp4, nf4 } = codes;
  const numbers =
    requiredAttribute(node.int("quant_type"), "quant_type") === 1 ? nf4 : [...fp4, ...fp4.map((code) => -code)];
  const pairs = reshapeTo(cast(unpackBytes(reshapeTo(packed, [-1]), 4), { to: "i32" }), [-1, 2]);
  const inOrder = slice(reshapeTo(slice(pairs, [1], [-3], [1], [-1]), [-1]), [0], [n * k], undefined, undefined);
  const coded = gather(constant(fromNumbers("f32", [16], numbers)), inOrder, { axis: 0 });
  const weights = dequantizeLinear(coded, castTo(largest, "f32"), undefined, { axis: 0, blockSize });
  const matrix = castTo(reshapeTo(weights, [n, k]), dtypeOf(x));
  return matmul(x, node.flag("transB", true) ? transpose(matrix, { permutation: [1, 0] }) : matrix);
}
