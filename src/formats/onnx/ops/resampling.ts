import { absent, constant, constantTensor } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { affineGrid } from "../../../ops/affine-grid.ts";
import { gridSample } from "../../../ops/grid-sample.ts";
import type { ResizeAttributes } from "../../../ops/resize.ts";
import { resize } from "../../../ops/resize.ts";
import type { ResizeCoordinates, ResizeRounding } from "../../../ops/resize-axis.ts";
import { FormatError } from "../../../tensor/errors.ts";
import { fromNumbers } from "../../../tensor/numbers.ts";
import { elementCount } from "../../../tensor/tensor.ts";
import type { OnnxNode } from "../node.ts";
import { onnxOps } from "../onnx-op.ts";

const coordinates: Readonly<Record<string, ResizeCoordinates>> = {
  half_pixel: "halfPixel",
  half_pixel_symmetric: "halfPixelSymmetric",
  pytorch_half_pixel: "pytorchHalfPixel",
  align_corners: "alignCorners",
  asymmetric: "asymmetric",
  tf_crop_and_resize: "cropAndResize",
  tf_half_pixel_for_nn: "halfPixelFloor",
};
const roundings: Readonly<Record<string, ResizeRounding>> = {
  round_prefer_floor: "preferFloor",
  round_prefer_ceil: "preferCeil",
  floor: "floor",
  ceil: "ceil",
};
const modes = ["nearest", "linear", "cubic"] as const;

function word<T>(node: OnnxNode, name: string, words: Readonly<Record<string, T>>, otherwise: string): T {
  return words[node.choice(name, Object.keys(words), otherwise)] as T;
}

/** An input of no elements says as much as one that was left out. */
const orAbsent = (value: Value): Value => {
  const known = constantTensor(value);
  const shape = value.type.kind === "tensor" ? value.type.shape : undefined;
  return (known && elementCount(known.shape) === 0) || shape?.[0] === 0 ? absent : value;
};

const aspectRatios = { stretch: undefined, not_larger: "notLarger", not_smaller: "notSmaller" } as const;

function resizeAttributes(node: OnnxNode): ResizeAttributes {
  return {
    mode: node.choice("mode", modes, "nearest"),
    coordinates: word(node, "coordinate_transformation_mode", coordinates, "half_pixel"),
    rounding: word(node, "nearest_mode", roundings, "round_prefer_floor"),
    cubicA: node.float("cubic_coeff_a", -0.75),
    excludeOutside: node.flag("exclude_outside", false),
    extrapolation: node.float("extrapolation_value", 0),
  };
}

/** Upsample and the first Resize: coordinates scale from the corner, and nearest rounds up only where an axis shrinks. */
function plainAttributes(node: OnnxNode): ResizeAttributes {
  const mode = node.choice("mode", ["nearest", "linear", "bilinear"], "nearest");
  return { mode: mode === "bilinear" ? "linear" : mode, coordinates: "asymmetric", rounding: "simple" };
}

const scalesOf = (scales: readonly number[]): Value => constant(fromNumbers("f32", [scales.length], scales));

function neededFloat(node: OnnxNode, name: string): number {
  const value = node.float(name);
  if (value === undefined) throw new FormatError(`attribute "${name}" is missing; ${node.opType} needs it.`);
  return value;
}

const paddings = ["zeros", "border", "reflection"] as const;
const gridModes = {
  nearest: "nearest",
  linear: "linear",
  cubic: "cubic",
  bilinear: "linear",
  bicubic: "cubic",
} as const;

/** GridSample of both domains; the names of the modes changed with opset 20. */
export const gridSampleOf = ([x, grid]: readonly [Value, Value, ...Value[]], node: OnnxNode): Value =>
  gridSample(x, grid, {
    mode: word(node, "mode", gridModes, "linear"),
    padding: node.choice("padding_mode", paddings, "zeros"),
    alignCorners: node.flag("align_corners", false),
  });

export const resampling = onnxOps({
  AffineGrid: ([theta, size], node) => affineGrid(theta, size, { alignCorners: node.flag("align_corners", false) }),
  GridSample: gridSampleOf,
  Resize: {
    10: ([x, scales], node) => resize(x, scales, undefined, undefined, plainAttributes(node)),
    11: ([x, roi, scales, sizes], node) =>
      resize(x, orAbsent(scales), orAbsent(sizes), orAbsent(roi), resizeAttributes(node)),
    18: ([x, roi, scales, sizes], node) =>
      resize(x, orAbsent(scales), orAbsent(sizes), orAbsent(roi), {
        ...resizeAttributes(node),
        axes: node.ints("axes"),
        antialias: node.flag("antialias", false),
        keepAspectRatio: word(node, "keep_aspect_ratio_policy", aspectRatios, "stretch"),
      }),
  },
  Upsample: {
    1: ([x], node) => {
      const scales = scalesOf([1, 1, neededFloat(node, "height_scale"), neededFloat(node, "width_scale")]);
      return resize(x, scales, undefined, undefined, plainAttributes(node));
    },
    7: ([x], node) => resize(x, scalesOf(node.floats("scales") ?? []), undefined, undefined, plainAttributes(node)),
    9: ([x, scales], node) => resize(x, scales, undefined, undefined, plainAttributes(node)),
  },
});
