// @ts-check
import { elementCount, tensor } from "../../lib/tensors.js";

/** @import { Attribute } from "../../lib/onnx-file.js" */
/** @import { Random } from "../../lib/random.js" */
/** @import { DType, Tensor } from "../../lib/tensors.js" */

/**
 * An operator applied to tensors.
 * @typedef {object} Case
 * @property {string} op
 * @property {string} [domain]
 * @property {number} opset
 * @property {readonly (Tensor | undefined)[]} inputs undefined where one is left out
 * @property {readonly number[]} [constants] numbers of the inputs that are in the file; the others are fed
 * @property {number} [outputs] how many, 1 if not given
 * @property {Readonly<Record<string, Attribute | undefined>> | undefined} [attributes]
 * @property {number} [integers] by how much integers may differ, where values are rounded on the way
 * @property {((...elements: any[]) => number) | undefined} [formula] of an output element from the inputs' elements, for operators that broadcast
 */

/**
 * A family of cases.
 * @typedef {{ name: string, weight: number, make: (random: Random) => Case }} Family
 */

export const floats = /** @type {const} */ (["f32", "f32", "f32", "f16", "f64"]);
export const integers = /** @type {const} */ (["i64", "i32", "i8", "u8", "i16", "u16", "u32", "u64"]);
/** @type {readonly DType[]} */
export const numeric = ["f32", "f32", "f32", "f16", "f64", "i64", "i32", "i8", "u8"];
/** @type {readonly DType[]} */
export const anything = [...numeric, "bool", "string", "u16", "u32"];

export const isFloat = (/** @type {DType} */ dtype) => dtype.startsWith("f");
const isUnsigned = (/** @type {DType} */ dtype) => dtype.startsWith("u");

/**
 * A shape of a rank from `least` to `most`; now and then with an empty dim.
 * @param {Random} random
 * @param {{ least?: number, most?: number, largest?: number, empty?: number }} [limits] `empty` is the chance of an empty dim
 * @returns {number[]}
 */
export function anyShape(random, { least = 0, most = 6, largest = 5, empty = 0.06 } = {}) {
  const rank = random.int(least, most);
  const shape = Array.from({ length: rank }, () => (random.chance(0.2) ? 1 : random.int(1, rank > 4 ? 3 : largest)));
  if (rank > 0 && random.chance(empty)) shape[random.int(0, rank - 1)] = 0;
  if (rank > 0 && rank < 4 && random.chance(0.15) && elementCount(shape) > 0) shape[rank - 1] = random.int(17, 90);
  return shape;
}

/**
 * A shape that broadcasts with another to that other one.
 * @param {Random} random
 * @param {readonly number[]} shape
 */
export function narrower(random, shape) {
  const kept = shape.slice(random.chance(0.3) ? random.int(0, shape.length) : 0);
  return kept.map((dim) => (random.chance(0.25) ? 1 : dim));
}

/**
 * Numbers that suit a dtype: floats with some zeros, halves and a few large ones, small integers, booleans.
 * @param {Random} random
 * @param {DType} dtype
 * @param {readonly number[]} shape
 * @param {{ least?: number, most?: number, specials?: boolean }} [range]
 * @returns {Tensor}
 */
export function values(random, dtype, shape, { least = -4, most = 4, specials = false } = {}) {
  const special = [0, -0, 0.5, -1.5, 2.5, 1, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const one = () => {
    if (dtype === "bool") return random.int(0, 1);
    if (specials && isFloat(dtype) && random.chance(0.1)) return random.pick(special);
    if (isFloat(dtype)) return least + (most - least) * random.uniform();
    return random.int(
      isUnsigned(dtype) || dtype === "string" ? Math.max(0, Math.ceil(least)) : Math.ceil(least),
      Math.floor(most),
    );
  };
  return tensor(dtype, shape, Float64Array.from({ length: elementCount(shape) }, one));
}

/**
 * A 1-d tensor of i64.
 * @param {readonly number[]} list
 */
export const indexes = (list) => tensor("i64", [list.length], list);

/**
 * An axis of a shape, negative half of the time.
 * @param {Random} random
 * @param {number} rank at least 1
 */
export function axisOf(random, rank) {
  const axis = random.int(0, rank - 1);
  return random.chance(0.5) ? axis - rank : axis;
}

/**
 * Some of the axes, in any order, each written as a positive or negative number.
 * @param {Random} random
 * @param {number} rank
 * @param {{ least?: number }} [limits]
 */
export function someAxes(random, rank, { least = 0 } = {}) {
  const order = permutation(random, rank).slice(0, random.int(Math.min(least, rank), rank));
  return order.map((axis) => (random.chance(0.4) ? axis - rank : axis));
}

/**
 * @param {Random} random
 * @param {number} count
 * @returns {number[]}
 */
export function permutation(random, count) {
  const list = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.int(0, i);
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}
