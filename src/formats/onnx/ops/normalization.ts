import type { Value } from "../../../graph/value.ts";
import { abs } from "../../../ops/abs.ts";
import { add } from "../../../ops/add.ts";
import { averagePool } from "../../../ops/average-pool.ts";
import { div } from "../../../ops/div.ts";
import { equal } from "../../../ops/equal.ts";
import { layerNorm } from "../../../ops/layer-norm.ts";
import { mul } from "../../../ops/mul.ts";
import { pow } from "../../../ops/pow.ts";
import { reduceMean } from "../../../ops/reduce-mean.ts";
import { reduceSum } from "../../../ops/reduce-sum.ts";
import { rmsNorm } from "../../../ops/rms-norm.ts";
import { shapeOf } from "../../../ops/shape-of.ts";
import { sqrt } from "../../../ops/sqrt.ts";
import { sub } from "../../../ops/sub.ts";
import { unsqueeze } from "../../../ops/unsqueeze.ts";
import { where } from "../../../ops/where.ts";
import { FormatError } from "../../../tensor/errors.ts";
import type { OnnxNode } from "../node.ts";
import type { OnnxInputs } from "../onnx-op.ts";
import { onnxOps } from "../onnx-op.ts";
import { joinSizes, reshapeTo, sizesOf } from "../shape-values.ts";
import { dtypeAttribute } from "./dtype-attribute.ts";
import { normStatistics } from "./norm-statistics.ts";
import { castTo, computeWide, constantLike, dtypeOf } from "./precision.ts";
import { rankOf, settleAxis } from "./rank.ts";

export const normalization = onnxOps({
  GroupNormalization: {
    18: (inputs, node) => groupNormalization(inputs, node, false),
    21: (inputs, node) => groupNormalization(inputs, node, true),
  },
  InstanceNormalization: ([x, scale, bias], node) => {
    node.ignore("consumed_inputs");
    const normalized = normalizeFrom(x, 2, node.float("epsilon", 1e-5));
    return add(mul(normalized, perChannel(scale, x)), perChannel(bias, x));
  },
  LayerNormalization: layerNormalization,
  LpNormalization: ([x], node) => lpNormalization(x, node),
  LRN: ([x], node) => localResponseNormalization(x, node),
  MeanVarianceNormalization: ([x], node) => computeWide(x, (wide) => meanVariance(wide, node.ints("axes", [0, 2, 3]))),
  RMSNormalization: rmsNormalization,
});

/** The precision of the first stage is that of our own: never less than the file asks for. */
const ignorePrecision = (node: OnnxNode): void => node.ignore("stash_type");

/** Mean and inverse deviation, where they are asked for, have the dtype that `stash_type` says. */
function layerNormalization([x, scale, bias]: OnnxInputs, node: OnnxNode): readonly (Value | undefined)[] {
  const stash = dtypeAttribute(node, "stash_type") ?? "f32";
  const [axis, epsilon] = [settleAxis(node.int("axis", -1), x, "X"), node.float("epsilon", 1e-5)];
  const y = layerNorm(x, scale, bias, { axis, epsilon });
  if (!node.wants(1) && !node.wants(2)) return [y];
  const { mean, inverse } = normStatistics(x, axis, epsilon);
  return [y, castTo(mean, stash), castTo(inverse, stash)];
}

/** The scale may have another float dtype than x; it is the result's. */
function rmsNormalization([x, scale]: OnnxInputs, node: OnnxNode): Value {
  ignorePrecision(node);
  const attributes = { axis: settleAxis(node.int("axis", -1), x, "X"), epsilon: node.float("epsilon", 1e-5) };
  if (dtypeOf(x) === dtypeOf(scale)) return rmsNorm(x, scale, attributes);
  return mul(castTo(rmsNorm(x, undefined, attributes), dtypeOf(scale)), scale);
}

/** x less its mean, over its deviation, for all axes from `first` on together. */
function normalizeFrom(x: Value, first: number, epsilon: number): Value {
  if (rankOf(x, "the input") === first + 1) return layerNorm(x, undefined, undefined, { axis: first, epsilon });
  const rows = reshapeTo(x, [...new Array<number>(first).fill(0), -1], true);
  return reshapeTo(layerNorm(rows, undefined, undefined, { axis: first, epsilon }), shapeOf(x));
}

/** A vector with one entry a channel, shaped to broadcast along axis 1 of x. */
export function perChannel(vector: Value, x: Value): Value {
  const spatial = rankOf(x, "the input") - 2;
  return spatial <= 0
    ? vector
    : unsqueeze(
        vector,
        Array.from({ length: spatial }, (_unused, i) => i + 1),
      );
}

/** Scale and bias have one entry a group before opset 21, then one a channel. */
function groupNormalization([x, scale, bias]: OnnxInputs, node: OnnxNode, byChannel: boolean): Value {
  ignorePrecision(node);
  const groups = node.int("num_groups");
  if (groups === undefined) throw new FormatError(`the attribute "num_groups" is missing.`);
  const split = reshapeTo(x, joinSizes(sizesOf(x, 0, 1), [groups, -1], sizesOf(x, 2)));
  const normalized = normalizeFrom(split, 2, node.float("epsilon", 1e-5));
  const scaled = (y: Value) => add(mul(y, perChannel(scale, y)), perChannel(bias, y));
  return byChannel ? scaled(reshapeTo(normalized, shapeOf(x))) : reshapeTo(scaled(normalized), shapeOf(x));
}

/** x over its norm along an axis; zeros where that is 0. */
function lpNormalization(x: Value, node: OnnxNode): Value {
  const axes = [settleAxis(node.int("axis", -1), x, "input")];
  const p = node.int("p", 2);
  if (p !== 1 && p !== 2) throw new FormatError(`the attribute "p" must be 1 or 2, got ${p}.`);
  return computeWide(x, (wide) => {
    const sum = reduceSum(p === 1 ? abs(wide) : mul(wide, wide), { axes, keepDims: true });
    const norm = p === 1 ? sum : sqrt(sum);
    const zero = constantLike(wide, 0);
    return where(equal(norm, zero), zero, div(wide, norm));
  });
}

/** (x - mean) / (deviation + 1e-9), as the operator's definition has it. */
function meanVariance(x: Value, axes: readonly number[]): Value {
  const settled = axes.map((axis) => settleAxis(axis, x, "X"));
  const centred = sub(x, reduceMean(x, { axes: settled, keepDims: true }));
  const variance = reduceMean(mul(centred, centred), { axes: settled, keepDims: true });
  return div(centred, add(sqrt(variance), 1e-9));
}

/**
 * x / (bias + alpha · mean)^beta with the mean of x² over `size` neighbouring channels, zeros beyond the ends counted:
 * an average pooling over the channels of x² seen as [batch, 1, channels, the rest].
 */
function localResponseNormalization(x: Value, node: OnnxNode): Value {
  const size = node.int("size");
  if (size === undefined) throw new FormatError(`the attribute "size" is missing.`);
  const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  const settings = { alpha: node.float("alpha", 1e-4), beta: node.float("beta", 0.75), bias: node.float("bias", 1) };
  return computeWide(x, (wide) => {
    const planes = reshapeTo(mul(wide, wide), joinSizes(sizesOf(x, 0, 1), [1], sizesOf(x, 1, 2), [-1]));
    const pooled = averagePool(planes, { kernel: [size, 1], pads: [before, 0, after, 0], countIncludePad: true });
    const mean = reshapeTo(pooled, shapeOf(x));
    return div(wide, pow(add(mul(mean, settings.alpha), settings.bias), settings.beta));
  });
}
