import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import { div } from "../../../ops/div.ts";
import { mul } from "../../../ops/mul.ts";
import { reduceMean } from "../../../ops/reduce-mean.ts";
import { sqrt } from "../../../ops/sqrt.ts";
import { sub } from "../../../ops/sub.ts";
import type { DType } from "../../../tensor/dtype.ts";
import type { OnnxNode } from "../node.ts";
import type { OnnxInputs } from "../onnx-op.ts";
import { onnxOps } from "../onnx-op.ts";
import { perChannel } from "./normalization.ts";
import { castTo, dtypeOf, wideDType } from "./precision.ts";
import { rankOf } from "./rank.ts";

/** BatchNormalization by the statistics that come with it: one multiplication and one addition a channel. With those of the batch when training. */
export const batchNormalization = onnxOps({
  BatchNormalization: {
    1: (inputs, node) => {
      node.ignore("consumed_inputs");
      return normalize(inputs, node, !node.flag("is_test", false));
    },
    7: (inputs, node) => normalize(inputs, node, node.wants(1)),
    14: (inputs, node) => normalize(inputs, node, node.flag("training_mode", false)),
  },
});

interface Parameters {
  readonly x: Value;
  readonly scale: Value;
  readonly bias: Value;
  readonly epsilon: number;
}

function normalize(
  [x, scale, bias, mean, variance]: OnnxInputs,
  node: OnnxNode,
  training: boolean,
): readonly (Value | undefined)[] {
  const momentum = node.float("momentum", 0.9);
  const spatial = node.version < 9 ? node.flag("spatial", true) : true;
  const to = wideDType(dtypeOf(x));
  const [own, other] = [dtypeOf(x), dtypeOf(mean)];
  const parameters = {
    x: castTo(x, to),
    scale: castTo(scale, to),
    bias: castTo(bias, to),
    epsilon: node.float("epsilon", 1e-5),
  };
  const running = { mean: castTo(mean, to), variance: castTo(variance, to) };
  if (!training) return [castTo(scaleAndShift(parameters, running.mean, running.variance, spatial), own)];
  const batch = batchStatistics(parameters.x, spatial);
  const y = castTo(scaleAndShift(parameters, batch.mean, batch.variance, spatial), own);
  return [y, ...updated(running, batch, momentum, other, node.version)];
}

/** (x - mean) · scale / √(variance + epsilon) + bias, with all that does not depend on x taken together. */
function scaleAndShift({ x, scale, bias, epsilon }: Parameters, mean: Value, variance: Value, spatial: boolean): Value {
  const factor = div(scale, sqrt(add(variance, epsilon)));
  const shift = sub(bias, mul(mean, factor));
  const lay = (vector: Value): Value => (spatial ? perChannel(vector, x) : vector);
  return add(mul(x, lay(factor)), lay(shift));
}

interface Statistics {
  readonly mean: Value;
  readonly variance: Value;
}

/** Mean and variance over the batch: of each channel, or (not spatial) of each element. */
function batchStatistics(x: Value, spatial: boolean): Statistics {
  const axes = Array.from({ length: rankOf(x, "X") }, (_unused, i) => i).filter(
    (axis) => axis === 0 || (spatial && axis > 1),
  );
  const centred = sub(x, reduceMean(x, { axes, keepDims: true }));
  return {
    mean: reduceMean(x, { axes, keepDims: false }),
    variance: reduceMean(mul(centred, centred), { axes, keepDims: false }),
  };
}

/** The running statistics after this batch, and (before opset 14) those of the batch after them. */
function updated(running: Statistics, batch: Statistics, momentum: number, to: DType, version: number): Value[] {
  const blend = (old: Value, now: Value) => castTo(add(mul(old, momentum), mul(now, 1 - momentum)), to);
  const next = [blend(running.mean, batch.mean), blend(running.variance, batch.variance)];
  return version >= 14 ? next : [...next, castTo(batch.mean, to), castTo(batch.variance, to)];
}
