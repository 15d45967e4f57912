import { isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import { expand } from "../../../ops/expand.ts";
import { layerNorm } from "../../../ops/layer-norm.ts";
import { matmul } from "../../../ops/matmul.ts";
import { mul } from "../../../ops/mul.ts";
import { rmsNorm } from "../../../ops/rms-norm.ts";
import { shapeOf } from "../../../ops/shape-of.ts";
import { sigmoid } from "../../../ops/sigmoid.ts";
import { silu } from "../../../ops/silu.ts";
import type { TrailingNormAttributes } from "../../../ops/trailing-norm.ts";
import { transpose } from "../../../ops/transpose.ts";
import { unsqueeze } from "../../../ops/unsqueeze.ts";
import type { OnnxNode } from "../node.ts";
import type { OnnxInputs } from "../onnx-op.ts";
import { onnxOps } from "../onnx-op.ts";
import { joinSizes, reshapeTo, sizeOf, sizesOf } from "../shape-values.ts";
import { dtypeAttribute } from "./dtype-attribute.ts";
import { inverseRootMeanSquare, normStatistics } from "./norm-statistics.ts";
import { castTo, computeWide, constantLike, dtypeOf, widened } from "./precision.ts";
import { sizeAttribute } from "./quantized-blocks.ts";
import { rankOf, settleAxis } from "./rank.ts";

/** Normalisations of com.microsoft, many of them with the residual sum before or the gate after them. */
export const contribNormalization = onnxOps(
  {
    BranchwiseRMSNorm: ([x, scale], node) => branchwise(x, scale, node),
    GatedAdd: ([x, y, gate, weight]) => {
      const factor = isAbsent(weight)
        ? gate
        : computeWide(gate, (wide) => sigmoid(matmul(wide, castTo(weight, "f32"))));
      return add(x, mul(y, factor));
    },
    GatedRMSNorm: ([x, scale, gate], node) => gated(x, scale, gate, node),
    GroupNorm: ([x, gamma, beta], node) => groupNorm(x, gamma, beta, node),
    SimplifiedLayerNormalization: simplified,
    SkipGroupNorm: ([x, gamma, beta, skip, bias], node) => {
      const isLast = node.flag("channels_last", true);
      const added = rankOf(skip, "skip") === 2 ? unsqueeze(skip, isLast ? [1, 2] : [2, 3]) : skip;
      const offset = isAbsent(bias) || isLast ? bias : unsqueeze(bias, [1, 2]);
      const sum = residual(x, added, offset);
      return [groupNorm(sum, gamma, beta, node), sum];
    },
    SkipLayerNormalization: ([x, skip, gamma, beta, bias], node) => {
      const attributes = { axis: -1, epsilon: node.float("epsilon", 1e-12) };
      const sum = wideResidual(x, skip, bias);
      const own = dtypeOf(x);
      const y = castTo(layerNorm(sum, widened(gamma), widened(beta), attributes), own);
      if (!node.wants(1) && !node.wants(2)) return [y, undefined, undefined, castTo(sum, own)];
      const { mean, inverse } = normStatistics(sum, -1, attributes.epsilon);
      return [y, castTo(mean, "f32"), castTo(inverse, "f32"), castTo(sum, own)];
    },
    SkipSimplifiedLayerNormalization: ([x, skip, gamma, bias], node) => {
      const attributes = { axis: -1, epsilon: node.float("epsilon", 1e-12) };
      const sum = wideResidual(x, skip, bias);
      const own = dtypeOf(x);
      const y = castTo(rmsNorm(sum, widened(gamma), attributes), own);
      if (!node.wants(1) && !node.wants(2)) return [y, undefined, undefined, castTo(sum, own)];
      const inverse = castTo(inverseRootMeanSquare(sum, -1, attributes.epsilon), "f32");
      return [y, expand(constantLike(inverse, 0), shapeOf(inverse)), inverse, castTo(sum, own)];
    },
  },
  "com.microsoft",
);

/** x + skip + bias. */
const residual = (x: Value, skip: Value, bias: Value): Value => {
  const sum = add(x, skip);
  return isAbsent(bias) ? sum : add(sum, bias);
};

/** x + skip + bias, half floats as f32: what is normalised is not rounded before. */
const wideResidual = (x: Value, skip: Value, bias: Value): Value => residual(widened(x), widened(skip), widened(bias));

function simplified([x, scale]: OnnxInputs, node: OnnxNode): readonly (Value | undefined)[] {
  const stash = dtypeAttribute(node, "stash_type") ?? "f32";
  const attributes = { axis: settleAxis(node.int("axis", -1), x, "X"), epsilon: node.float("epsilon", 1e-5) };
  const y = wideRmsNorm(x, scale, dtypeOf(scale), attributes);
  if (!node.wants(1)) return [y];
  return [y, castTo(inverseRootMeanSquare(x, attributes.axis, attributes.epsilon), stash)];
}

/** The norm in the dtype of x where scale and result have it too, else in f32. */
function wideRmsNorm(
  x: Value,
  scale: Value,
  to: Parameters<typeof castTo>[1],
  attributes: TrailingNormAttributes,
): Value {
  const isSame = dtypeOf(x) === to && (isAbsent(scale) || dtypeOf(scale) === to);
  if (isSame) return rmsNorm(x, scale, attributes);
  return castTo(rmsNorm(castTo(x, "f32"), isAbsent(scale) ? scale : castTo(scale, "f32"), attributes), to);
}

/** Each of the branches [..., branches, size], which may be packed into one axis, is normalised by itself. */
function branchwise(x: Value, scale: Value, node: OnnxNode): Value {
  const attributes = { axis: -1, epsilon: node.float("epsilon", 1e-5) };
  const branches = node.int("num_branches", 0);
  const split = branches > 0 ? reshapeTo(x, joinSizes(sizesOf(x, 0, -1), [branches, -1])) : x;
  const isVector = !isAbsent(scale) && rankOf(scale, "scale") === 1;
  const rows = isVector ? reshapeTo(scale, joinSizes([-1], sizeOf(split, -1))) : scale;
  const y = wideRmsNorm(split, rows, dtypeOf(x), attributes);
  return branches > 0 ? reshapeTo(y, shapeOf(x)) : y;
}

/** The norm over groups as long as the scale, times the activated gate. */
function gated(x: Value, scale: Value, gate: Value, node: OnnxNode): Value {
  const attributes = { axis: -1, epsilon: node.float("epsilon", 1e-5) };
  const activation = node.choice("activation", ["silu", "swish", "sigmoid"], "silu");
  const groups = joinSizes(sizesOf(x, 0, -1), [-1], sizeOf(scale, 0));
  return computeWide(x, (wide) => {
    const normal = reshapeTo(rmsNorm(reshapeTo(wide, groups), castTo(scale, dtypeOf(wide)), attributes), shapeOf(x));
    const open = castTo(gate, dtypeOf(wide));
    return mul(normal, activation === "sigmoid" ? sigmoid(open) : silu(open));
  });
}

/** The norm over groups of channels, which come last unless the node says otherwise, with silu after it where the node has that. */
function groupNorm(x: Value, gamma: Value, beta: Value, node: OnnxNode): Value {
  const isLast = node.flag("channels_last", true);
  const [groups, epsilon] = [sizeAttribute(node, "groups"), node.float("epsilon", 1e-5)];
  const planes = isLast ? transpose(x, { permutation: [0, 3, 1, 2] }) : x;
  const rows = reshapeTo(planes, joinSizes(sizesOf(planes, 0, 1), [groups, -1]));
  const normal = reshapeTo(layerNorm(rows, undefined, undefined, { axis: -1, epsilon }), shapeOf(planes));
  const ofChannel = (parameter: Value): Value => unsqueeze(castTo(parameter, dtypeOf(x)), [1, 2]);
  const scaled = add(mul(normal, ofChannel(gamma)), ofChannel(beta));
  const y = node.int("activation", 0) === 1 ? silu(scaled) : scaled;
  return isLast ? transpose(y, { permutation: [0, 2, 3, 1] }) : y;
}
