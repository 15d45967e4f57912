/** A step or more of each kind that kernels run. */
import type { DType } from "../../tensor/dtype.ts";
import { fromBigints, fromNumbers } from "../../tensor/numbers.ts";
import { createRandom } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { elementCount } from "../../tensor/tensor.ts";
import type { Step } from "./run-step.ts";

const random = createRandom("steps of all kinds");
const make = (shape: readonly number[], dtype: DType = "f32"): Tensor =>
  fromNumbers(
    dtype,
    shape,
    Float64Array.from({ length: elementCount(shape) }, () => 2 * random.uniform()),
  );
const bytes = (dtype: "u8" | "i8", shape: readonly number[]): Tensor => {
  const low = dtype === "u8" ? 0 : -128;
  return fromNumbers(
    dtype,
    shape,
    Array.from({ length: elementCount(shape) }, () => random.int(low, low + 256)),
  );
};
const scales = (shape: readonly number[]): Tensor => {
  const values = Float64Array.from({ length: elementCount(shape) }, () => random.uniform() ** 2 + 0.01);
  return fromNumbers("f32", shape, values);
};
const axes = (...values: number[]): Tensor => fromBigints("i64", [values.length], BigInt64Array.from(values, BigInt));

const scalar = (value: number): Tensor => fromNumbers("i64", [], Float64Array.of(value));
const nibbles = (shape: readonly number[]): Tensor => {
  const values = Array.from({ length: elementCount(shape) }, () => random.int(-8, 8));
  return fromNumbers("i4", shape, values);
};

const floats = ["f32", "f16", "bf16"] as const;
const norm = { axis: -1, epsilon: 1e-5 };

const lstm = { direction: "forward", activations: ["sigmoid", "tanh", "tanh"] };

export const steps: readonly Step[] = [
  ...[1, 5, 64, 131].map((n): Step => ({ op: "rmsNorm", operands: [make([2, n]), make([n])], attributes: norm })),
  ...floats.flatMap((dtype): Step[] => [
    { op: "rmsNorm", operands: [make([3, 37], dtype), make([37], dtype)], attributes: norm },
    { op: "addRmsNorm", operands: [make([2, 70], dtype), make([2, 70], dtype), make([70], dtype)], attributes: norm },
    { op: "layerNorm", operands: [make([2, 65], dtype), make([65], dtype), make([65], dtype)], attributes: norm },
    { op: "softmax", operands: [make([3, 83], dtype)], attributes: { axis: -1 } },
    { op: "matmul", operands: [make([5, 9], dtype), make([9, 13], dtype)] },
    { op: "add", operands: [make([3, 21], dtype), make([21], dtype)] },
  ]),
  { op: "softmax", operands: [make([3, 5, 19])], attributes: { axis: 1 } },
  { op: "logSoftmax", operands: [make([2, 33])], attributes: { axis: 1 } },
  ...(["reduceSum", "reduceMax", "reduceMin", "reduceProd"] as const).flatMap((op): Step[] =>
    [[-1], [0], [0, 2]].map((over) => ({ op, operands: [make([2, 9, 71])], attributes: { axes: over } })),
  ),
  ...(["sigmoid", "tanh", "exp", "erf", "sin"] as const).map((op): Step => ({ op, operands: [make([151])] })),
  { op: "pow", operands: [make([35]), make([1])] },
  { op: "matmul", operands: [make([7, 33]), make([33, 70])], constants: [1] },
  { op: "matmul", operands: [make([2, 3, 8, 5]), make([3, 5, 40])] },
  { op: "conv", operands: [make([1, 3, 9, 11]), make([7, 3, 3, 3]), make([7])], attributes: { pads: [1, 0, 2, 1] } },
  { op: "conv", operands: [make([1, 5, 1, 2]), make([8, 5, 1, 1])], constants: [1] },
  { op: "conv", operands: [make([1, 3, 8, 21]), make([3, 1, 3, 3])], attributes: { group: 3, pads: [1, 1, 1, 1] } },
  { op: "convTranspose", operands: [make([1, 3, 5, 6]), make([3, 4, 3, 3])], attributes: { strides: [2, 2] } },
  {
    op: "maxPool",
    operands: [make([1, 3, 9, 22])],
    attributes: { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
  },
  { op: "averagePool", operands: [make([1, 2, 7, 18])], attributes: { kernel: [3, 3], pads: [1, 1, 1, 1] } },
  {
    op: "attention",
    operands: [make([1, 2, 5, 8]), make([1, 2, 19, 8]), make([1, 2, 19, 6])],
    attributes: { scale: 0.5, rightWindow: 2 },
  },
  { op: "lstm", operands: [make([3, 2, 3]), make([1, 20, 3]), make([1, 20, 5])], attributes: lstm, constants: [1, 2] },
  { op: "transpose", operands: [make([5, 6, 7])], attributes: { permutation: [2, 0, 1] } },
  { op: "concat", operands: [make([3, 5]), make([3, 9])], attributes: { axis: 1 } },
  { op: "slice", operands: [make([6, 13]), axes(1, 2), axes(5, 11), axes(0, 1), axes(2, 1)], constants: [1, 2, 3, 4] },
  { op: "expand", operands: [make([3, 1]), axes(3, 17)], constants: [1] },
  { op: "reshape", operands: [make([3, 7]), axes(21)], constants: [1] },
  { op: "pad", operands: [make([2, 3, 9]), axes(0, 1, 2, 1, 0, 3)], attributes: { mode: "reflect" }, constants: [1] },
  ...(["linear", "nearest"] as const).map(
    (mode): Step => ({
      op: "resize",
      operands: [make([1, 2, 5, 7]), undefined, axes(1, 2, 8, 19)],
      attributes: { mode, coordinates: "halfPixel" },
      constants: [2],
    }),
  ),
  { op: "matmulInteger", operands: [bytes("u8", [7, 6]), bytes("i8", [6, 19])], constants: [1] },
  { op: "matmulInteger", operands: [bytes("i8", [5, 9]), bytes("u8", [9, 8]), bytes("i8", [1]), bytes("u8", [8])] },
  { op: "add", operands: [axes(2 ** 33, -1, 5), axes(-(2 ** 40))] },
  { op: "mul", operands: [axes(2 ** 33, -3, 5), axes(2 ** 20 + 1)] },
  {
    op: "rotaryEmbedding",
    operands: [make([2, 3, 5, 9]), make([5, 3]), make([5, 3])],
    attributes: { interleaved: false },
  },
  {
    op: "matmulNBits",
    operands: [make([7, 40]), bytes("u8", [21, 3, 8]), make([21, 3]), bytes("u8", [21, 2])],
    attributes: { bits: 4, blockSize: 16 },
    constants: [1, 2, 3],
  },
  ...(["u8", "i8"] as const).flatMap((to): Step[] => [
    { op: "quantizeLinear", operands: [make([2, 5, 3]), scales([5]), bytes(to, [5])], attributes: { axis: 1, to } },
    { op: "dequantizeLinear", operands: [bytes(to, [3, 37]), scales([]), bytes(to, [])], attributes: {} },
  ]),
  { op: "gather", operands: [make([11, 7]), axes(3, 10, -1, 0, 3)], attributes: { axis: 0 } },
  { op: "gatherNd", operands: [make([6, 5, 3]), axes(2, -1)], attributes: { batchDims: 0 } },
  { op: "gatherElements", operands: [make([5]), axes(4, -5, 1, 1, 0, 2)], attributes: { axis: 0 } },
  { op: "scatterNd", operands: [make([5]), axes(3), make([])], attributes: {} },
  { op: "scatterElements", operands: [make([7]), axes(6, -7), make([2])], attributes: { axis: 0 } },
  {
    op: "scatterElements",
    operands: [make([7]), axes(6, -7, 6), make([3])],
    attributes: { axis: 0, reduction: "add" },
  },
  {
    op: "gridSample",
    operands: [make([1, 3, 5, 6]), make([1, 4, 3, 2])],
    attributes: { mode: "linear", padding: "zeros", alignCorners: false },
  },
  { op: "tile", operands: [make([2, 3]), axes(2, 3)], constants: [1] },
  { op: "trilu", operands: [make([3, 19]), axes(-1)], constants: [1], attributes: { upper: true } },
  { op: "matmul", operands: [make([17, 5]), make([5, 385])], constants: [1] },
  {
    op: "attention",
    operands: [make([1, 1, 33, 5]), make([1, 1, 18, 5]), make([1, 1, 18, 6])],
    attributes: { scale: 0.5 },
  },
  ...[[], [1]].map(
    (constants): Step => ({
      op: "convInteger",
      operands: [bytes("u8", [1, 3, 5, 6]), bytes("i8", [7, 3, 3, 3]), bytes("u8", []), bytes("i8", [7])],
      attributes: { pads: [1, 1, 1, 1] },
      constants,
    }),
  ),
  { op: "dequantizeLinear", operands: [nibbles([3, 37]), scales([])], attributes: {} },
  ...[-1, 0].flatMap((axis): Step[] => [
    { op: "argMax", operands: [make([9, 67])], attributes: { axis, keepDims: true } },
    { op: "cumSum", operands: [bytes("u8", [9, 67]), axes(axis)], constants: [1], attributes: {} },
  ]),
  ...[515, 9].map(
    (length): Step => ({
      op: "topK",
      operands: [make([2, length]), axes(3)],
      constants: [1],
      attributes: { axis: -1, largest: true },
    }),
  ),
  { op: "oneHot", operands: [axes(3, -2, 9, 0), scalar(7), make([2])], attributes: { axis: -1 } },
  { op: "range", operands: [scalar(-5e9), scalar(5e9 + 7e8), scalar(2e8)] },
  { op: "reduceSum", operands: [bytes("u8", [3, 5, 7])], attributes: { axes: [1] } },
  {
    op: "tensorScatter",
    operands: [make([2, 3, 9, 5]), make([2, 3, 2, 5]), axes(7, 3), axes(8, -1)],
    attributes: { axis: 2 },
  },
];
