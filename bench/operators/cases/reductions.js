// @ts-check
import { float } from "../../lib/onnx-file.js";
import { tensor } from "../../lib/tensors.js";
import { anyShape, axisOf, floats, indexes, isFloat, numeric, someAxes, values } from "./make.js";

/** @import { Random } from "../../lib/random.js" */
/** @import { Case, Family } from "./make.js" */

const reduceOps = ["Sum", "Mean", "Max", "Min", "Prod", "L1", "L2", "SumSquare", "LogSum", "LogSumExp"];

/**
 * @param {Random} random
 * @returns {Case}
 */
function makeReduce(random) {
  const op = `Reduce${random.pick(reduceOps)}`;
  const dtype = random.pick(/L2|Log|Mean/.test(op) ? floats : numeric);
  const shape = anyShape(random);
  const x = values(
    random,
    dtype,
    shape,
    isFloat(dtype) && /LogSum$/.test(op) ? { least: 0.5, most: 2 } : { least: -2, most: 3 },
  );
  const axes = random.chance(0.2) ? undefined : someAxes(random, shape.length);
  const keepdims = random.pick([undefined, 0, 1]);
  if (random.chance(0.3) && op !== "ReduceSum")
    return { op, opset: 13, inputs: [x], attributes: { keepdims, axes: axes?.length ? axes : undefined } };
  const noop = random.pick([undefined, undefined, 1]);
  const inputs = axes === undefined ? [x] : [x, indexes(axes)];
  return {
    op,
    opset: 18,
    inputs,
    constants: random.chance(0.8) ? [1] : [],
    attributes: { keepdims, noop_with_empty_axes: noop },
  };
}

/**
 * @param {Random} random
 * @returns {Case}
 */
function makeArg(random) {
  const shape = anyShape(random, { least: 1, empty: 0.03 });
  const attributes = {
    axis: axisOf(random, shape.length),
    keepdims: random.pick([undefined, 0, 1]),
    select_last_index: random.pick([undefined, 1]),
  };
  return {
    op: random.pick(["ArgMax", "ArgMin"]),
    opset: 13,
    inputs: [values(random, random.pick(numeric), shape)],
    attributes,
  };
}

/**
 * @param {Random} random
 * @returns {Case}
 */
function makeSoftmax(random) {
  const shape = anyShape(random, { least: 1 });
  const opset = random.pick([11, 13]);
  const axis = opset === 11 ? random.int(0, shape.length - 1) : axisOf(random, shape.length);
  return {
    op: random.pick(["Softmax", "LogSoftmax", "Hardmax"]),
    opset,
    inputs: [values(random, random.pick(floats), shape)],
    attributes: { axis },
  };
}

/**
 * @param {Random} random
 * @returns {Case}
 */
function makeCumSum(random) {
  const shape = anyShape(random, { least: 1 });
  const axis = tensor(random.pick(["i32", "i64"]), [], [axisOf(random, shape.length)]);
  const x = values(random, random.pick(["f32", "f64", "i32", "i64"]), shape);
  return {
    op: "CumSum",
    opset: 14,
    inputs: [x, axis],
    attributes: { exclusive: random.pick([undefined, 1]), reverse: random.pick([undefined, 1]) },
  };
}

/**
 * @param {Random} random
 * @returns {Case}
 */
function makeTopK(random) {
  const shape = anyShape(random, { least: 1, empty: 0 });
  const axis = axisOf(random, shape.length);
  const size = shape.at(axis) ?? 1;
  const inputs = [
    values(random, random.pick(["f32", "f32", "f64", "i64", "i32"]), shape, { least: -1000, most: 1000 }),
    indexes([random.int(1, size)]),
  ];
  return {
    op: "TopK",
    opset: 11,
    inputs,
    outputs: 2,
    attributes: { axis, largest: random.pick([undefined, 0]), sorted: 1 },
  };
}

/**
 * @param {Random} random
 * @returns {Case}
 */
function makeNorm(random) {
  const dtype = random.pick(["f32", "f32", "f64"]);
  const kind = random.pick([
    "LayerNormalization",
    "BatchNormalization",
    "InstanceNormalization",
    "GroupNormalization",
    "LpNormalization",
  ]);
  const epsilon = float(1e-3);
  const positive = { least: 0.5, most: 1.5 };
  if (kind === "LayerNormalization") {
    const shape = anyShape(random, { least: 1, empty: 0 });
    const axis = axisOf(random, shape.length);
    const tail = shape.slice(axis);
    const inputs = [
      values(random, dtype, shape),
      values(random, dtype, tail),
      ...(random.chance(0.5) ? [values(random, dtype, tail)] : []),
    ];
    return { op: kind, opset: 17, inputs, attributes: { axis, epsilon } };
  }
  const shape = anyShape(random, { least: 3, most: 5, empty: 0 });
  if (kind === "LpNormalization")
    return {
      op: kind,
      opset: 1,
      inputs: [values(random, dtype, shape)],
      attributes: { axis: axisOf(random, shape.length), p: random.pick([1, 2]) },
    };
  if (kind === "GroupNormalization") shape[1] = 4;
  const channel = () => values(random, dtype, [shape[1]], positive);
  const parameters = Array.from({ length: kind === "BatchNormalization" ? 4 : 2 }, channel);
  const attributes = kind === "GroupNormalization" ? { epsilon, num_groups: 2 } : { epsilon };
  const opset = { BatchNormalization: 15, InstanceNormalization: 6, GroupNormalization: 21 }[kind];
  return {
    op: kind,
    opset,
    inputs: [values(random, dtype, shape), ...parameters],
    constants: random.chance(0.6) ? [1, 2, 3, 4] : [],
    attributes,
  };
}

/** @type {readonly Family[]} */
export const reductions = [
  { name: "reduce", weight: 4, make: makeReduce },
  { name: "arg", weight: 1, make: makeArg },
  { name: "softmax", weight: 1, make: makeSoftmax },
  { name: "cumsum", weight: 1, make: makeCumSum },
  { name: "top-k", weight: 1, make: makeTopK },
  { name: "norm", weight: 2, make: makeNorm },
];
