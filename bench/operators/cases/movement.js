// @ts-check
import { elementCount, tensor } from "../../lib/tensors.js";
import { anyShape, anything, axisOf, indexes, numeric, permutation, someAxes, values } from "./make.js";

/** @import { Random } from "../../lib/random.js" */
/** @import { Case, Family } from "./make.js" */

/** @typedef {(random: Random) => Case} Maker */

const any = (/** @type {Random} */ random, /** @type {number[]} */ shape) =>
  values(random, random.pick(anything), shape);
const sometimes = (/** @type {Random} */ random) => (random.chance(0.7) ? [1, 2, 3, 4] : []);

/** @type {Maker} */
const transpose = (random) => {
  const shape = anyShape(random);
  const perm = random.chance(0.2) ? undefined : permutation(random, shape.length);
  return {
    op: "Transpose",
    opset: 13,
    inputs: [any(random, shape)],
    attributes: { perm: perm?.length ? perm : undefined },
  };
};

/** @type {Maker} */
const reshape = (random) => {
  const shape = anyShape(random);
  const target = permutation(random, shape.length).map((axis) => shape[axis]);
  if (target.length > 1 && random.chance(0.5)) target.splice(0, 2, target[0] * target[1]);
  if (random.chance(0.3)) target.splice(random.int(0, target.length), 0, 1);
  const open = random.int(0, Math.max(0, target.length - 1));
  if (target.length > 0 && elementCount(target) > 0 && random.chance(0.4)) target[open] = -1;
  const attributes = { allowzero: target.includes(0) ? 1 : undefined };
  return {
    op: "Reshape",
    opset: 14,
    inputs: [any(random, shape), indexes(target)],
    constants: sometimes(random),
    attributes,
  };
};

/** @type {Maker} */
const squeeze = (random) => {
  const shape = anyShape(random, { most: 5 });
  const axes = someAxes(random, shape.length);
  for (const axis of axes) shape[axis < 0 ? axis + shape.length : axis] = 1;
  return { op: "Squeeze", opset: 13, inputs: [any(random, shape), indexes(axes)], constants: [1] };
};

/** @type {Maker} */
const unsqueeze = (random) => {
  const shape = anyShape(random, { most: 4 });
  const axes = someAxes(random, shape.length + 1, { least: 1 }).slice(0, 1);
  return { op: "Unsqueeze", opset: 13, inputs: [any(random, shape), indexes(axes)], constants: [1] };
};

/** @type {Maker} */
const concat = (random) => {
  const shape = anyShape(random, { least: 1 });
  const axis = axisOf(random, shape.length);
  const dtype = random.pick(anything);
  const inputs = Array.from({ length: random.int(1, 4) }, () => {
    const part = [...shape];
    part[axis < 0 ? axis + shape.length : axis] = random.int(0, 4);
    return values(random, dtype, part);
  });
  return { op: "Concat", opset: 13, inputs, attributes: { axis } };
};

/** @type {Maker} */
const split = (random) => {
  const shape = anyShape(random, { least: 1 });
  const axis = axisOf(random, shape.length);
  const sizes = Array.from({ length: random.int(1, 3) }, () => random.int(0, 4));
  shape[axis < 0 ? axis + shape.length : axis] = sizes.reduce((a, b) => a + b, 0);
  return {
    op: "Split",
    opset: 13,
    inputs: [any(random, shape), indexes(sizes)],
    constants: [1],
    outputs: sizes.length,
    attributes: { axis },
  };
};

/** @type {Maker} */
const slice = (random) => {
  const shape = anyShape(random, { least: 1 });
  const axes = someAxes(random, shape.length, { least: 1 });
  const starts = axes.map(() => random.int(-7, 7));
  const ends = axes.map(() => (random.chance(0.2) ? 2 ** 31 : random.int(-7, 9)));
  const steps = axes.map(() => random.pick([1, 1, 2, 3, -1, -2]));
  const inputs = [any(random, shape), ...[starts, ends, axes, steps].map(indexes)];
  return { op: "Slice", opset: 13, inputs, constants: sometimes(random) };
};

/** @type {Maker} */
const pad = (random) => {
  const shape = anyShape(random, { least: 1, most: 5, empty: 0.03 });
  const mode = random.pick(["constant", "constant", "reflect", "edge", "wrap"]);
  const most = (/** @type {number} */ dim) =>
    mode === "reflect" || mode === "wrap" ? Math.max(0, Math.min(3, dim - 1)) : 3;
  const pads = [...shape, ...shape].map((dim) => (mode !== "constant" && dim === 0 ? 0 : random.int(0, most(dim))));
  const dtype = random.pick(numeric);
  const inputs = [
    values(random, dtype, shape),
    indexes(pads),
    ...(mode === "constant" && random.chance(0.6) ? [values(random, dtype, [])] : []),
  ];
  return { op: "Pad", opset: 19, inputs, constants: sometimes(random), attributes: { mode } };
};

/** @type {Maker} */
const tile = (random) => {
  const shape = anyShape(random, { most: 4, largest: 3 });
  return {
    op: "Tile",
    opset: 13,
    inputs: [any(random, shape), indexes(shape.map(() => random.int(0, 3)))],
    constants: sometimes(random),
  };
};

/** @type {Maker} */
const expand = (random) => {
  const to = anyShape(random);
  const from = to.map((dim) => (random.chance(0.4) ? 1 : dim)).slice(random.int(0, to.length));
  return { op: "Expand", opset: 13, inputs: [any(random, from), indexes(to)], constants: sometimes(random) };
};

/** @type {Maker} */
const flatten = (random) => {
  const shape = anyShape(random);
  return {
    op: "Flatten",
    opset: 13,
    inputs: [any(random, shape)],
    attributes: { axis: random.int(-shape.length, shape.length) },
  };
};

/** @type {Maker} */
const blocks = (random) => {
  const size = random.int(1, 3);
  const [batch, channels, height, width] = [random.int(1, 2), random.int(1, 3), random.int(1, 4), random.int(1, 4)];
  const dtype = random.pick(["f32", "f32", "f16", "f64", "u8"]);
  if (random.chance(0.5)) {
    const x = values(random, dtype, [batch, channels * size * size, height, width]);
    return {
      op: "DepthToSpace",
      opset: 13,
      inputs: [x],
      attributes: { blocksize: size, mode: random.pick([undefined, "CRD", "DCR"]) },
    };
  }
  return {
    op: "SpaceToDepth",
    opset: 13,
    inputs: [values(random, dtype, [batch, channels, height * size, width * size])],
    attributes: { blocksize: size },
  };
};

/** @type {Maker} */
const trilu = (random) => {
  const shape = anyShape(random, { least: 2, most: 4 });
  const k = random.chance(0.7) ? [tensor("i64", [], [random.int(-4, 4)])] : [];
  return {
    op: "Trilu",
    opset: 14,
    inputs: [values(random, random.pick(numeric), shape), ...k],
    constants: sometimes(random),
    attributes: { upper: random.pick([undefined, 0, 1]) },
  };
};

/** @type {Maker} */
const shapeOf = (random) => {
  const x = any(random, anyShape(random));
  if (random.chance(0.3)) return { op: "Size", opset: 13, inputs: [x] };
  const bound = () => (random.chance(0.5) ? undefined : random.int(-7, 7));
  return { op: "Shape", opset: 15, inputs: [x], attributes: { start: bound(), end: bound() } };
};

/** @type {Maker} */
const reverseSequence = (random) => {
  const [first, second] = [random.int(1, 5), random.int(1, 5)];
  const [batchAxis, timeAxis] = random.chance(0.5) ? [0, 1] : [1, 0];
  const batch = batchAxis === 0 ? first : second;
  const lengths = indexes(Array.from({ length: batch }, () => random.int(1, batchAxis === 0 ? second : first)));
  const x = values(random, random.pick(numeric), [first, second, ...anyShape(random, { most: 2 })]);
  return {
    op: "ReverseSequence",
    opset: 10,
    inputs: [x, lengths],
    attributes: { batch_axis: batchAxis, time_axis: timeAxis },
  };
};

const makers = {
  transpose,
  reshape,
  squeeze,
  unsqueeze,
  concat,
  split,
  slice,
  pad,
  tile,
  expand,
  flatten,
  blocks,
  trilu,
  shapeOf,
  reverseSequence,
};

/** @type {readonly Family[]} */
export const movement = Object.entries(makers).map(([name, make]) => ({ name, weight: 0.8, make }));
