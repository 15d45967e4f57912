// @ts-check
import { elementCount, tensor } from "../../lib/tensors.js";
import { anyShape, anything, axisOf, numeric, permutation, values } from "./make.js";

/** @import { Random } from "../../lib/random.js" */
/** @import { Case, Family } from "./make.js" */

/** @typedef {(random: Random) => Case} Maker */

/**
 * Indexes into an axis, some of them negative.
 * @param {Random} random
 * @param {number} size at least 1
 * @param {readonly number[]} shape
 */
const into = (random, size, shape) =>
  tensor(
    random.pick(["i64", "i64", "i32"]),
    shape,
    Float64Array.from({ length: elementCount(shape) }, () => random.int(-size, size - 1)),
  );

const constants = (/** @type {Random} */ random) => (random.chance(0.4) ? [1] : []);

/** @type {Maker} */
const gather = (random) => {
  const shape = anyShape(random, { least: 1, most: 4, empty: 0 });
  const axis = axisOf(random, shape.length);
  const indices = into(random, shape.at(axis) ?? 1, anyShape(random, { most: 2 }));
  return {
    op: "Gather",
    opset: 13,
    inputs: [values(random, random.pick(anything), shape), indices],
    constants: constants(random),
    attributes: { axis },
  };
};

/** @type {Maker} */
const gatherElements = (random) => {
  const shape = anyShape(random, { least: 1, most: 4, empty: 0 });
  const axis = axisOf(random, shape.length);
  const at = axis < 0 ? axis + shape.length : axis;
  const taken = shape.map((dim, i) => (i === at ? random.int(0, 6) : random.int(1, dim)));
  return {
    op: "GatherElements",
    opset: 13,
    inputs: [values(random, random.pick(numeric), shape), into(random, shape[at], taken)],
    constants: constants(random),
    attributes: { axis },
  };
};

/** @type {Maker} */
const gatherNd = (random) => {
  const shape = anyShape(random, { least: 1, most: 4, empty: 0 });
  const batchDims = random.chance(0.3) ? random.int(0, shape.length - 1) : 0;
  const depth = random.int(1, shape.length - batchDims);
  const outer = [...shape.slice(0, batchDims), ...anyShape(random, { most: 2, empty: 0 })];
  const list = Array.from({ length: elementCount(outer) }, () =>
    shape.slice(batchDims, batchDims + depth).map((dim) => random.int(-dim, dim - 1)),
  ).flat();
  const inputs = [values(random, random.pick(numeric), shape), tensor("i64", [...outer, depth], list)];
  return {
    op: "GatherND",
    opset: 13,
    inputs,
    constants: constants(random),
    attributes: { batch_dims: batchDims || undefined },
  };
};

/** @type {Maker} */
const scatterElements = (random) => {
  const shape = anyShape(random, { least: 1, most: 4, empty: 0 });
  const axis = axisOf(random, shape.length);
  const at = axis < 0 ? axis + shape.length : axis;
  const taken = shape.map((dim) => random.int(1, dim));
  const reduction = random.pick([undefined, undefined, "add", "mul", "max", "min"]);
  const dtype = random.pick(/** @type {const} */ (["f32", "f32", "f64", "i32", "i64"]));
  // Without a reduction an element must not be written twice: each line gets a permutation.
  const order = permutation(random, shape[at]);
  const inner = elementCount(taken.slice(at + 1));
  const once = Float64Array.from({ length: elementCount(taken) }, (_, i) => order[Math.floor(i / inner) % taken[at]]);
  const indices = reduction === undefined ? tensor("i64", taken, once) : into(random, shape[at], taken);
  const inputs = [values(random, dtype, shape), indices, values(random, dtype, taken)];
  return { op: "ScatterElements", opset: 18, inputs, constants: constants(random), attributes: { axis, reduction } };
};

/** @type {Maker} */
const scatterNd = (random) => {
  const shape = anyShape(random, { least: 1, most: 4, empty: 0 });
  const depth = random.int(1, shape.length);
  const reduction = random.pick([undefined, "add", "mul", "max", "min"]);
  const outer = shape.slice(0, depth);
  const rows = permutation(random, elementCount(outer)).slice(0, random.int(0, Math.min(6, elementCount(outer))));
  const list = rows.flatMap((row) => outer.map((dim, i) => Math.floor(row / elementCount(outer.slice(i + 1))) % dim));
  const dtype = random.pick(/** @type {const} */ (["f32", "f32", "f64", "i32", "i64"]));
  const updates = values(random, dtype, [rows.length, ...shape.slice(depth)]);
  return {
    op: "ScatterND",
    opset: 18,
    inputs: [values(random, dtype, shape), tensor("i64", [rows.length, depth], list), updates],
    constants: constants(random),
    attributes: { reduction },
  };
};

/** @type {Maker} */
const oneHot = (random) => {
  const depth = random.int(1, 6);
  const shape = anyShape(random, { most: 3 });
  const indices = tensor(
    random.pick(["i64", "i32", "f32"]),
    shape,
    Float64Array.from({ length: elementCount(shape) }, () => random.int(-depth - 2, depth + 1)),
  );
  const inputs = [
    indices,
    tensor("i64", random.pick([[], [1]]), [depth]),
    values(random, random.pick(["f32", "i64", "i32"]), [2]),
  ];
  return {
    op: "OneHot",
    opset: 11,
    inputs,
    constants: random.chance(0.7) ? [1, 2] : [1],
    attributes: { axis: random.int(-shape.length - 1, shape.length) },
  };
};

/** @type {Maker} */
const nonZero = (random) => ({
  op: "NonZero",
  opset: 13,
  inputs: [
    values(random, random.pick(["f32", "i64", "i32", "bool", "u8"]), anyShape(random, { least: 1 }), {
      least: -1,
      most: 1,
    }),
  ],
});

/** @type {Maker} */
const compress = (random) => {
  const shape = anyShape(random, { least: 1, most: 4 });
  const axis = random.chance(0.3) ? undefined : axisOf(random, shape.length);
  const length = random.int(
    1,
    axis === undefined ? Math.max(1, elementCount(shape)) : Math.max(1, shape.at(axis) ?? 1),
  );
  return {
    op: "Compress",
    opset: 11,
    inputs: [values(random, random.pick(anything), shape), values(random, "bool", [length])],
    attributes: { axis },
  };
};

/** @type {Maker} */
const unique = (random) => {
  const shape = anyShape(random, { least: 1, most: 3, empty: 0 });
  const axis = random.chance(0.5) ? undefined : axisOf(random, shape.length);
  const x = values(random, random.pick(["f32", "i64", "i8", "f64"]), shape, { least: 0, most: 2 });
  const rounded = x.dtype.startsWith("f") ? tensor(x.dtype, shape, Float64Array.from(x.data, Math.round)) : x;
  return {
    op: "Unique",
    opset: 11,
    inputs: [rounded],
    outputs: 4,
    attributes: { axis, sorted: random.pick([undefined, 0, 1]) },
  };
};

/** @type {Maker} */
const range = (random) => {
  const dtype = random.pick(/** @type {const} */ (["f32", "f64", "i64", "i32", "i16"]));
  const delta = random.pick([1, 2, 3, -1, -2]);
  const inputs = [random.int(-5, 5), random.int(-9, 9), delta].map((value) => tensor(dtype, [], [value]));
  return { op: "Range", opset: 11, inputs, constants: random.chance(0.5) ? [0, 1, 2] : [] };
};

/** @type {Maker} */
const constantOfShape = (random) => {
  const shape = anyShape(random);
  const value = random.chance(0.2)
    ? undefined
    : values(random, random.pick([...numeric, /** @type {const} */ ("bool")]), [1]);
  return {
    op: "ConstantOfShape",
    opset: 9,
    inputs: [tensor("i64", [shape.length], shape)],
    constants: random.chance(0.7) ? [0] : [],
    attributes: { value },
  };
};

/** @type {Maker} */
const eyeLike = (random) => ({
  op: "EyeLike",
  opset: 9,
  inputs: [values(random, random.pick(["f32", "f64", "i64", "i32"]), [random.int(1, 6), random.int(1, 6)])],
  attributes: { k: random.pick([undefined, -2, 1, 3]) },
});

const makers = {
  gather,
  gatherElements,
  gatherNd,
  scatterElements,
  scatterNd,
  oneHot,
  nonZero,
  compress,
  unique,
  range,
  constantOfShape,
  eyeLike,
};

/** @type {readonly Family[]} */
export const indexing = Object.entries(makers).map(([name, make]) => ({ name, weight: 0.8, make }));
