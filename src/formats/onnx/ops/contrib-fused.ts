import { isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import { clip } from "../../../ops/clip.ts";
import { cos } from "../../../ops/cos.ts";
import { gather } from "../../../ops/gather.ts";
import { gelu } from "../../../ops/gelu.ts";
import { mul } from "../../../ops/mul.ts";
import { reduceSum } from "../../../ops/reduce-sum.ts";
import { sigmoid } from "../../../ops/sigmoid.ts";
import { silu } from "../../../ops/silu.ts";
import { sin } from "../../../ops/sin.ts";
import { softmax } from "../../../ops/softmax.ts";
import { softplus } from "../../../ops/softplus.ts";
import { sub } from "../../../ops/sub.ts";
import { operandShape } from "../../../ops/tensor-operand.ts";
import { transpose } from "../../../ops/transpose.ts";
import { unsqueeze } from "../../../ops/unsqueeze.ts";
import { UnsupportedError } from "../../../tensor/errors.ts";
import type { OnnxNode } from "../node.ts";
import type { OnnxInputs } from "../onnx-op.ts";
import { onnxOps } from "../onnx-op.ts";
import { partsOf } from "./contrib-attention.ts";
import { positionBuckets } from "./position-buckets.ts";
import { castTo, computeWide, dtypeOf, wideDType } from "./precision.ts";
import { settleAxis } from "./rank.ts";
import { overFlattened } from "./softmax.ts";

/** What the optimisers of other engines fuse into one node, taken apart again. */
export const contribFused = onnxOps(
  {
    BiasAdd: ([x, bias, skip]) => add(add(x, bias), skip),
    BiasSoftmax: ([x, bias], node) => {
      node.ignore("is_inner_broadcast");
      return overFlattened(softmax, add(x, bias), settleAxis(node.int("axis", 1), x, "data"));
    },
    BiasSplitGelu: ([x, bias]) => {
      const [left, right] = halves(add(x, bias));
      return mul(left, gelu(right));
    },
    GemmaRotaryEmbedding: gemmaRotary,
    LinearAttentionGate: ([a, bias, scale, b]) => {
      const decay = castTo(mul(softplus(add(castTo(a, "f32"), bias)), scale), dtypeOf(a));
      return isAbsent(b) ? [decay] : [decay, sigmoid(b)];
    },
    MulInteger: ([a, aZero, b, bZero]) => mul(lessZero(a, aZero), lessZero(b, bZero)),
    ReduceSumInteger: ([x], node) => {
      const wide = castTo(x, dtypeOf(x) === "u8" ? "u32" : "i32");
      const axes = node.ints("axes", []).map((axis) => settleAxis(axis, x, "data"));
      return reduceSum(wide, { axes, keepDims: node.flag("keepdims", true) });
    },
    RelativePositionBias: ([table, queries, keys], node) => {
      const rows = gather(table, positionBuckets(table, queries, keys, node), { axis: 0 });
      return unsqueeze(transpose(rows, { permutation: [2, 0, 1] }), [0]);
    },
    SwiGLU: swiGlu,
  },
  "com.microsoft",
);

const lessZero = (x: Value, zero: Value): Value => {
  const wide = castTo(x, "i32");
  return isAbsent(zero) ? wide : sub(wide, castTo(zero, "i32"));
};

/** The two halves of the last axis. */
function halves(x: Value): [Value, Value] {
  const size = operandShape(x, "X")?.at(-1);
  if (typeof size !== "number" || size % 2 !== 0) {
    throw new UnsupportedError(
      `the last dim of the input must be known and even to be split in two; export the model with shapes.`,
    );
  }
  return partsOf(x, [size / 2, size / 2]) as [Value, Value];
}

/** min(gate, limit) · sigmoid(alpha · min(gate, limit)) · (up within ±limit + beta). */
function swiGlu([gate, up]: OnnxInputs, node: OnnxNode): Value {
  const [left, right] = isAbsent(up) ? halves(gate) : [gate, up];
  const [alpha, beta, limit] = [
    node.float("activation_alpha", 1),
    node.float("activation_beta", 0),
    node.float("limit", 0),
  ];
  const isRounded = node.flag("round_activation", false);
  return computeWide(left, (wide) => {
    const g = limit > 0 ? clip(wide, undefined, limit) : wide;
    const open = alpha === 1 ? silu(g) : silu(g, { alpha });
    const rounded = isRounded ? castTo(castTo(open, dtypeOf(left)), dtypeOf(wide)) : open;
    const other = castTo(right, wideDType(dtypeOf(right)));
    const l = limit > 0 ? clip(other, -limit, limit) : other;
    return mul(rounded, beta === 0 ? l : add(l, beta));
  });
}

/** q · cos + rotated q · sin and the same for k, for angles [batch, steps, size]. */
function gemmaRotary([angles, q, turnedQ, k, turnedK]: OnnxInputs): Value[] {
  const factor = (of: Value): Value => unsqueeze(castTo(of, dtypeOf(q)), [1]);
  const [c, s] = [factor(cos(angles)), factor(sin(angles))];
  return [add(mul(q, c), mul(turnedQ, s)), add(mul(k, c), mul(turnedK, s))];
}
