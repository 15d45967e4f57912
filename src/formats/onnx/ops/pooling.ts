import type { Value } from "../../../graph/value.ts";
import { abs } from "../../../ops/abs.ts";
import { averagePool } from "../../../ops/average-pool.ts";
import { lpPool } from "../../../ops/lp-pool.ts";
import { maxPool } from "../../../ops/max-pool.ts";
import { maxPoolIndices } from "../../../ops/max-pool-indices.ts";
import { maxRoiPool } from "../../../ops/max-roi-pool.ts";
import { maxUnpool } from "../../../ops/max-unpool.ts";
import { mul } from "../../../ops/mul.ts";
import type { PoolAttributes } from "../../../ops/pool.ts";
import { pow } from "../../../ops/pow.ts";
import { reduceMax } from "../../../ops/reduce-max.ts";
import { reduceMean } from "../../../ops/reduce-mean.ts";
import { reduceSum } from "../../../ops/reduce-sum.ts";
import { roiAlign } from "../../../ops/roi-align.ts";
import { sqrt } from "../../../ops/sqrt.ts";
import { FormatError, ShapeError } from "../../../tensor/errors.ts";
import type { OnnxNode } from "../node.ts";
import { onnxOps } from "../onnx-op.ts";
import { windowAttributes } from "./window-attributes.ts";

/** kernel_shape and the window's settings of a pooling node. */
export function poolAttributes(node: OnnxNode, x: Value): PoolAttributes {
  const kernel = node.ints("kernel_shape");
  if (kernel === undefined) throw new FormatError(`attribute "kernel_shape" is missing; a pooling needs it.`);
  return { kernel, ...windowAttributes(node, x, kernel), ceilMode: node.flag("ceil_mode", false) };
}

const globally = (x: Value) => ({ axes: spatialAxes(x), keepDims: true });

/** The axes after batch and channels. */
export function spatialAxes(x: Value): readonly number[] {
  const shape = x.type.kind === "tensor" ? x.type.shape : undefined;
  if (shape === undefined)
    throw new ShapeError("the rank of x is unknown, and with it the axes to pool over; give x a shape in the file.");
  return shape.map((_dim, axis) => axis).slice(2);
}

/** (Σ |x|ᵖ)^(1/p) over all spatial axes. */
function globalLpPool(x: Value, p: number): Value {
  if (p === 1) return reduceSum(abs(x), globally(x));
  if (p === 2) return sqrt(reduceSum(mul(x, x), globally(x)));
  return pow(reduceSum(pow(abs(x), p), globally(x)), 1 / p);
}

const averagePoolOf = ([x]: readonly [Value, ...Value[]], node: OnnxNode): Value =>
  averagePool(x, { ...poolAttributes(node, x), countIncludePad: node.flag("count_include_pad", false) });

function roiAlignOf(
  [x, rois, batchIndices]: readonly [Value, Value, Value, ...Value[]],
  node: OnnxNode,
  halfPixel: boolean,
): Value {
  return roiAlign(x, rois, batchIndices, {
    mode: node.choice("mode", ["avg", "max"], "avg") === "avg" ? "average" : "max",
    outputHeight: node.int("output_height", 1),
    outputWidth: node.int("output_width", 1),
    samplingRatio: node.int("sampling_ratio", 0),
    spatialScale: node.float("spatial_scale", 1),
    halfPixel,
  });
}

export const pooling = onnxOps({
  AveragePool: averagePoolOf,
  GlobalAveragePool: ([x]) => reduceMean(x, globally(x)),
  GlobalLpPool: {
    1: ([x], node) => globalLpPool(x, node.float("p", 2)),
    2: ([x], node) => globalLpPool(x, node.int("p", 2)),
  },
  GlobalMaxPool: ([x]) => reduceMax(x, globally(x)),
  LpPool: {
    1: ([x], node) => lpPool(x, { ...poolAttributes(node, x), p: node.float("p", 2) }),
    2: ([x], node) => lpPool(x, { ...poolAttributes(node, x), p: node.int("p", 2) }),
  },
  MaxPool: ([x], node) => {
    const attributes = poolAttributes(node, x);
    const isColumnMajor = node.flag("storage_order", false);
    return [maxPool(x, attributes), node.wants(1) ? maxPoolIndices(x, { ...attributes, isColumnMajor }) : undefined];
  },
  MaxRoiPool: ([x, rois], node) => {
    const [outputHeight, outputWidth] = node.ints("pooled_shape", []);
    if (outputHeight === undefined || outputWidth === undefined) {
      throw new FormatError(
        `attribute "pooled_shape" must hold height and width, got [${node.ints("pooled_shape", []).join(", ")}].`,
      );
    }
    return maxRoiPool(x, rois, { outputHeight, outputWidth, spatialScale: node.float("spatial_scale", 1) });
  },
  MaxUnpool: ([x, indices, outputShape], node) => {
    const kernel = node.ints("kernel_shape");
    if (kernel === undefined) throw new FormatError(`attribute "kernel_shape" is missing; MaxUnpool needs it.`);
    return maxUnpool(x, indices, outputShape, { kernel, strides: node.ints("strides"), pads: node.ints("pads") });
  },
  RoiAlign: {
    10: (inputs, node) => roiAlignOf(inputs, node, false),
    16: (inputs, node) => {
      const modes = ["half_pixel", "output_half_pixel"] as const;
      return roiAlignOf(
        inputs,
        node,
        node.choice("coordinate_transformation_mode", modes, "half_pixel") === "half_pixel",
      );
    },
  },
});
