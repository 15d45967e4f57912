// @ts-check
import { float } from "../../lib/onnx-file.js";
import { anyShape, floats, narrower, values } from "./make.js";

/** @import { Random } from "../../lib/random.js" */
/** @import { Case, Family } from "./make.js" */

/** @typedef {(random: Random) => Case} Maker */

const constants = (/** @type {Random} */ random) => (random.chance(0.6) ? [1, 2] : []);
const unit = { least: -1, most: 1 };

/** @type {Maker} */
const matmul = (random) => {
  const dtype = random.pick(/** @type {const} */ (["f32", "f32", "f32", "f64", "i32", "i64", "f16"]));
  const batch = anyShape(random, { most: 3, largest: 3 });
  const [m, n] = [random.int(1, 20), random.int(1, 40)];
  const k = random.chance(0.05) ? 0 : random.int(1, 40);
  const a = random.chance(0.15) ? [k] : [...batch, m, k];
  const b = random.chance(0.15) ? [k] : [...narrower(random, batch), k, n];
  return {
    op: "MatMul",
    opset: 13,
    inputs: [values(random, dtype, a, unit), values(random, dtype, b, unit)],
    constants: constants(random),
  };
};

/** @type {Maker} */
const gemm = (random) => {
  const dtype = random.pick(/** @type {const} */ (["f32", "f32", "f64", "f16", "i32"]));
  const [m, k, n] = [random.int(1, 12), random.int(1, 30), random.int(1, 30)];
  const [transA, transB] = [random.int(0, 1), random.int(0, 1)];
  const bias = random.pick([undefined, [m, n], [n], [1, n], [m, 1], []]);
  const inputs = [
    values(random, dtype, transA ? [k, m] : [m, k], unit),
    values(random, dtype, transB ? [n, k] : [k, n], unit),
  ];
  if (bias !== undefined) inputs.push(values(random, dtype, bias, unit));
  const scale = () => (random.chance(0.5) ? undefined : float(random.pick([0.5, 2, -1, 0])));
  return {
    op: "Gemm",
    opset: 13,
    inputs,
    constants: constants(random),
    attributes: { transA, transB, alpha: scale(), beta: scale() },
  };
};

/**
 * The attributes of windows over some axes.
 * @param {Random} random
 * @param {number} rank
 * @param {{ dilations?: boolean }} [options]
 */
function windows(random, rank, { dilations = true } = {}) {
  const each = (/** @type {() => number} */ one) => Array.from({ length: rank }, one);
  const kernel = each(() => random.int(1, 4));
  const mode = random.pick(["NOTSET", "NOTSET", "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"]);
  const pads = kernel.map((size) => random.int(0, Math.min(2, size - 1)));
  const attributes = {
    auto_pad: mode === "NOTSET" ? undefined : mode,
    pads: mode === "NOTSET" && random.chance(0.7) ? [...pads, ...pads] : undefined,
    strides: random.chance(0.5) ? each(() => random.int(1, 3)) : undefined,
    dilations: dilations && mode === "NOTSET" && random.chance(0.3) ? each(() => random.int(1, 2)) : undefined,
  };
  return { kernel, attributes };
}

/** @type {Maker} */
const conv = (random) => {
  const rank = random.pick([1, 2, 2, 2, 3]);
  const dtype = random.pick(/** @type {const} */ (["f32", "f32", "f32", "f64", "f16"]));
  const group = random.pick([1, 1, 1, 2, 4]);
  const [inside, outside] = [random.int(1, 5), random.int(1, 5)];
  const { kernel, attributes } = windows(random, rank);
  const shape = [random.int(1, 2), inside * group, ...kernel.map((size) => random.int(2 * size, 2 * size + 9))];
  const inputs = [
    values(random, dtype, shape, unit),
    values(random, dtype, [outside * group, inside, ...kernel], unit),
  ];
  if (random.chance(0.6)) inputs.push(values(random, dtype, [outside * group], unit));
  return {
    op: "Conv",
    opset: 11,
    inputs,
    constants: constants(random),
    attributes: { ...attributes, group, kernel_shape: random.chance(0.5) ? kernel : undefined },
  };
};

/** @type {Maker} */
const convTranspose = (random) => {
  const rank = random.pick([1, 2, 2]);
  const group = random.pick([1, 1, 2]);
  const [inside, outside] = [random.int(1, 4), random.int(1, 4)];
  const { kernel, attributes } = windows(random, rank);
  const shape = [random.int(1, 2), inside * group, ...kernel.map(() => random.int(3, 9))];
  const inputs = [
    values(random, "f32", shape, unit),
    values(random, "f32", [inside * group, outside, ...kernel], unit),
  ];
  if (random.chance(0.6)) inputs.push(values(random, "f32", [outside * group], unit));
  return { op: "ConvTranspose", opset: 11, inputs, constants: constants(random), attributes: { ...attributes, group } };
};

/** @type {Maker} */
const pool = (random) => {
  const rank = random.pick([1, 2, 2, 2, 3]);
  const op = random.pick(["MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "LpPool"]);
  const { kernel, attributes } = windows(random, rank, { dilations: op === "MaxPool" });
  const shape = [random.int(1, 2), random.int(1, 5), ...kernel.map((size) => random.int(2 * size, 2 * size + 9))];
  const dtype = random.pick(
    op === "MaxPool"
      ? /** @type {const} */ (["f32", "f32", "f64", "u8", "i8"])
      : /** @type {const} */ (["f32", "f32", "f64"]),
  );
  const inputs = [values(random, dtype, shape)];
  if (op.startsWith("Global")) return { op, opset: 1, inputs };
  const ceil = op !== "LpPool" && attributes.auto_pad === undefined && random.chance(0.3) ? 1 : undefined;
  const extra =
    op === "AveragePool"
      ? { count_include_pad: random.pick([undefined, 1]) }
      : op === "LpPool"
        ? { p: random.pick([1, 2]) }
        : {};
  const opset = op === "LpPool" ? 11 : 12;
  return { op, opset, inputs, attributes: { ...attributes, ...extra, ceil_mode: ceil, kernel_shape: kernel } };
};

/** @type {Maker} */
const resize = (random) => {
  const shape = [random.int(1, 2), random.int(1, 3), random.int(2, 9), random.int(2, 9)];
  const mode = random.pick(["nearest", "linear", "cubic"]);
  const coordinates = random.pick(["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"]);
  const scales = [1, 1, random.pick([0.5, 1.5, 2, 3]), random.pick([0.5, 1.5, 2, 3])];
  const none = values(random, "f32", [0]);
  const bySizes = random.chance(0.4);
  const sizes = values(random, "i64", [4], { least: 1, most: 12 });
  sizes.data.set([BigInt(shape[0]), BigInt(shape[1])]);
  const factors = values(random, "f32", [4]);
  factors.data.set(scales);
  const inputs = bySizes
    ? [values(random, "f32", shape), undefined, undefined, sizes]
    : [values(random, "f32", shape), none, factors];
  const nearest =
    mode === "nearest" ? random.pick(["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"]) : undefined;
  return {
    op: "Resize",
    opset: 13,
    inputs,
    constants: [1, 2, 3],
    attributes: { mode, coordinate_transformation_mode: coordinates, nearest_mode: nearest },
  };
};

/** @type {Maker} */
const gridSample = (random) => {
  const shape = [random.int(1, 2), random.int(1, 3), random.int(2, 7), random.int(2, 7)];
  const grid = values(random, "f32", [shape[0], random.int(1, 5), random.int(1, 5), 2], { least: -1.3, most: 1.3 });
  const attributes = {
    mode: random.pick(["linear", "nearest", "cubic"]),
    padding_mode: random.pick(["zeros", "border", "reflection"]),
    align_corners: random.int(0, 1),
  };
  return { op: "GridSample", opset: 20, inputs: [values(random, "f32", shape), grid], attributes };
};

/** @type {Maker} */
const einsum = (random) => {
  const [b, i, j, k] = [random.int(1, 3), random.int(1, 5), random.int(1, 5), random.int(1, 5)];
  const dtype = random.pick(/** @type {const} */ (["f32", "f32", "f64"]));
  const [equation, ...shapes] = random.pick([
    ["bij,bjk->bik", [b, i, j], [b, j, k]],
    ["bij,bkj->bik", [b, i, j], [b, k, j]],
    ["ij,j->i", [i, j], [j]],
    ["bij->bji", [b, i, j]],
    ["ij->", [i, j]],
    ["i,j->ij", [i], [j]],
    ["...ij,...jk->...ik", [b, i, j], [b, j, k]],
    ["bhid,bhjd->bhij", [b, 2, i, k], [b, 2, j, k]],
  ]);
  return {
    op: "Einsum",
    opset: 12,
    inputs: shapes.map((shape) => values(random, dtype, [.../** @type {readonly number[]} */ (shape)])),
    attributes: { equation: String(equation) },
  };
};

/** @type {Maker} */
const recurrent = (random) => {
  const op = random.pick(["LSTM", "GRU", "RNN"]);
  const direction = random.pick(["forward", "reverse", "bidirectional"]);
  const [length, batch, size, hidden] = [random.int(1, 5), random.int(1, 3), random.int(1, 6), random.int(1, 6)];
  const directions = direction === "bidirectional" ? 2 : 1;
  const gates = { LSTM: 4, GRU: 3, RNN: 1 }[op] * hidden;
  const inputs = [
    values(random, "f32", [length, batch, size], unit),
    values(random, "f32", [directions, gates, size], unit),
    values(random, "f32", [directions, gates, hidden], unit),
    ...(random.chance(0.6) ? [values(random, "f32", [directions, 2 * gates], unit)] : []),
  ];
  const attributes = {
    hidden_size: hidden,
    direction,
    linear_before_reset: op === "GRU" ? random.int(0, 1) : undefined,
  };
  return { op, opset: 14, inputs, constants: [1, 2, 3], outputs: op === "LSTM" ? 3 : 2, attributes };
};

/** @type {Maker} */
const rmsNorm = (random) => {
  const shape = anyShape(random, { least: 1, most: 4, empty: 0 });
  const dtype = random.pick(floats);
  return {
    op: "RMSNormalization",
    opset: 23,
    inputs: [values(random, dtype, shape), values(random, dtype, shape.slice(-1))],
    attributes: { axis: -1, epsilon: float(1e-3) },
  };
};

const makers = { matmul, gemm, conv, convTranspose, pool, resize, gridSample, einsum, recurrent, rmsNorm };

/** @type {readonly Family[]} */
export const linear = Object.entries(makers).map(([name, make]) => ({ name, weight: 1.2, make }));
