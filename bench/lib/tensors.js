// @ts-check
import { createRandom } from "./random.js";

/**
 * Elements as every engine here stores them: f16 as bits, bool as 0 and 1.
 * @typedef {{ dtype: DType, shape: readonly number[], data: any }} Tensor
 * @typedef {keyof typeof dtypes} DType
 */

/** Element types that all engines here can be fed: our name, the name in onnxruntime's API, the number in ONNX files, the storage. */
export const dtypes = /** @type {const} */ ({
  f32: { ort: "float32", onnx: 1, array: Float32Array },
  u8: { ort: "uint8", onnx: 2, array: Uint8Array },
  i8: { ort: "int8", onnx: 3, array: Int8Array },
  u16: { ort: "uint16", onnx: 4, array: Uint16Array },
  i16: { ort: "int16", onnx: 5, array: Int16Array },
  i32: { ort: "int32", onnx: 6, array: Int32Array },
  i64: { ort: "int64", onnx: 7, array: BigInt64Array },
  string: { ort: "string", onnx: 8, array: Array },
  bool: { ort: "bool", onnx: 9, array: Uint8Array },
  f16: { ort: "float16", onnx: 10, array: Uint16Array },
  f64: { ort: "float64", onnx: 11, array: Float64Array },
  u32: { ort: "uint32", onnx: 12, array: Uint32Array },
  u64: { ort: "uint64", onnx: 13, array: BigUint64Array },
});

/** @param {readonly number[]} shape */
export const elementCount = (shape) => shape.reduce((count, dim) => count * dim, 1);

/**
 * A tensor of numbers, rounded to the dtype.
 * @param {DType} dtype
 * @param {readonly number[]} shape
 * @param {ArrayLike<number>} values
 * @returns {Tensor}
 */
export function tensor(dtype, shape, values) {
  if (dtype === "string") return { dtype, shape, data: Array.from(values, String) };
  if (dtype === "i64") return { dtype, shape, data: BigInt64Array.from(values, (v) => BigInt(Math.trunc(v))) };
  if (dtype === "u64") return { dtype, shape, data: BigUint64Array.from(values, (v) => BigInt(Math.trunc(v))) };
  if (dtype === "f16") return { dtype, shape, data: Uint16Array.from(values, toFloat16) };
  return { dtype, shape, data: dtypes[dtype].array.from(values) };
}

/**
 * The elements as numbers.
 * @param {Tensor} tensor
 * @returns {ArrayLike<number>}
 */
export function numbersOf({ dtype, data }) {
  if (dtype === "f16") return Float64Array.from(data, fromFloat16);
  if (dtype === "i64" || dtype === "u64") return Float64Array.from(data, Number);
  return data;
}

const word = new DataView(new ArrayBuffer(4));

/** The nearest f16, ties to even. */
export function toFloat16(/** @type {number} */ value) {
  word.setFloat32(0, value);
  const bits = word.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = Math.abs(value);
  if (Number.isNaN(value)) return sign | 0x7e00;
  if (magnitude >= 65520) return sign | 0x7c00;
  const exponent = Math.max(Math.floor(Math.log2(Math.max(magnitude, 2 ** -24))), -14);
  const steps = magnitude / 2 ** (exponent - 10);
  const down = Math.floor(steps);
  const rest = steps - down;
  const rounded = down + (rest > 0.5 || (rest === 0.5 && down % 2 === 1) ? 1 : 0);
  return sign | (rounded + ((exponent + 14) << 10));
}

/** The number that the bits of an f16 stand for. */
export function fromFloat16(/** @type {number} */ bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/**
 * How an input is filled, as data that can be handed to another process.
 * @typedef {object} FeedSpec
 * @property {DType} dtype
 * @property {readonly number[]} shape
 * @property {"random" | "ids" | "positions" | number} fill random in [-1, 1), small token ids, 0 1 2 ... along the last axis, or one number everywhere
 */

/**
 * @param {Readonly<Record<string, FeedSpec>>} specs
 * @returns {Record<string, Tensor>}
 */
export function makeFeeds(specs) {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, makeFeed(name, spec)]));
}

/**
 * @param {string} name
 * @param {FeedSpec} spec
 */
function makeFeed(name, { dtype, shape, fill }) {
  const random = createRandom(name);
  const last = shape.at(-1) ?? 1;
  const values = Float64Array.from({ length: elementCount(shape) }, (_, i) => {
    if (fill === "random") return 2 * random.uniform() - 1;
    if (fill === "ids") return random.int(5, 90);
    return fill === "positions" ? i % last : fill;
  });
  return tensor(dtype, shape, values);
}

/**
 * @typedef {object} Agreement
 * @property {boolean} ok
 * @property {number} maxAbs the greatest difference of two finite elements
 * @property {string} [reason] why not ok
 */

/**
 * Whether outputs are what another engine gives: |a - b| <= rtol |b| + atol max(1, max |b|), NaN equal to NaN, infinities by sign,
 * integers, booleans and strings exactly unless `integers` says by how much they may differ.
 * @param {Readonly<Record<string, Tensor>>} actual
 * @param {Readonly<Record<string, Tensor>>} expected
 * @param {{ rtol: number, atol: number, integers?: number }} tolerance
 * @returns {Agreement}
 */
export function compareOutputs(actual, expected, tolerance) {
  let maxAbs = 0;
  for (const [name, b] of Object.entries(expected)) {
    const a = actual[name];
    const type = (/** @type {Tensor | undefined} */ t) => (t ? `${t.dtype}[${t.shape.join(",")}]` : "nothing");
    if (type(a) !== type(b)) return { ok: false, maxAbs, reason: `${name} is ${type(a)}, not ${type(b)}` };
    const difference = compareTensor(a, b, tolerance);
    maxAbs = Math.max(maxAbs, difference.maxAbs);
    if (!difference.ok) return { ok: false, maxAbs, reason: `${name}${difference.reason}` };
  }
  return { ok: true, maxAbs };
}

/**
 * @param {Tensor} actual
 * @param {Tensor} expected
 * @param {{ rtol: number, atol: number, integers?: number }} tolerance
 * @returns {Agreement}
 */
function compareTensor(actual, expected, { rtol, atol, integers = 0 }) {
  const isFloat = expected.dtype.startsWith("f");
  const [a, b] = isFloat ? [numbersOf(actual), numbersOf(expected)] : [actual.data, expected.data];
  let scale = 1;
  let maxAbs = 0;
  if (isFloat) for (let i = 0; i < b.length; i++) if (Number.isFinite(b[i])) scale = Math.max(scale, Math.abs(b[i]));
  for (let i = 0; i < b.length; i++) {
    if (a[i] === b[i] || (Number.isNaN(a[i]) && Number.isNaN(b[i]))) continue;
    const difference = typeof a[i] === "string" ? Number.NaN : Math.abs(Number(a[i]) - Number(b[i]));
    const allowed = isFloat ? rtol * Math.abs(b[i]) + atol * scale : expected.dtype === "bool" ? 0 : integers;
    if (Number.isFinite(difference)) maxAbs = Math.max(maxAbs, difference);
    if (!(Number.isFinite(difference) && difference <= allowed))
      return { ok: false, maxAbs, reason: `[${i}] is ${a[i]}, not ${b[i]}` };
  }
  return { ok: true, maxAbs };
}
