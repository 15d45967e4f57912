// @ts-check
import { float } from "../../lib/onnx-file.js";
import { anyShape, floats, integers, isFloat, narrower, numeric, values } from "./make.js";

/** @import { Attribute } from "../../lib/onnx-file.js" */
/** @import { Random } from "../../lib/random.js" */
/** @import { DType } from "../../lib/tensors.js" */
/** @import { Case, Family } from "./make.js" */

/**
 * @typedef {object} Unary
 * @property {number} opset
 * @property {readonly DType[]} dtypes
 * @property {(x: number) => number} [formula]
 * @property {(random: Random) => Record<string, Attribute | undefined>} [attributes]
 * @property {{ least: number, most: number }} [range]
 */

const sigmoid = (/** @type {number} */ x) => 1 / (1 + Math.exp(-x));
const roundEven = (/** @type {number} */ x) => {
  const down = Math.floor(x);
  return x - down === 0.5 ? 2 * Math.round(x / 2) : Math.round(x);
};
const alpha = (/** @type {Random} */ random) => ({ alpha: random.chance(0.3) ? undefined : float(random.uniform()) });
const unit = { least: -1, most: 1 };

/** @type {Readonly<Record<string, Unary>>} */
const unary = {
  Abs: { opset: 13, dtypes: numeric, formula: Math.abs },
  Neg: { opset: 13, dtypes: ["f32", "f16", "f64", "i32", "i64", "i8"], formula: (x) => -x },
  Sign: { opset: 13, dtypes: numeric, formula: Math.sign },
  Ceil: { opset: 13, dtypes: floats, formula: Math.ceil },
  Floor: { opset: 13, dtypes: floats, formula: Math.floor },
  Round: { opset: 11, dtypes: floats, formula: roundEven },
  Sqrt: { opset: 13, dtypes: floats, formula: Math.sqrt },
  Reciprocal: { opset: 13, dtypes: floats, formula: (x) => 1 / x },
  Exp: { opset: 13, dtypes: floats, formula: Math.exp },
  Log: { opset: 13, dtypes: floats, formula: Math.log },
  Sin: { opset: 7, dtypes: floats, formula: Math.sin },
  Cos: { opset: 7, dtypes: floats, formula: Math.cos },
  Tan: { opset: 7, dtypes: floats, formula: Math.tan },
  Asin: { opset: 7, dtypes: floats, formula: Math.asin, range: unit },
  Acos: { opset: 7, dtypes: floats, formula: Math.acos, range: unit },
  Atan: { opset: 7, dtypes: floats, formula: Math.atan },
  Sinh: { opset: 9, dtypes: floats, formula: Math.sinh },
  Cosh: { opset: 9, dtypes: floats, formula: Math.cosh },
  Asinh: { opset: 9, dtypes: floats, formula: Math.asinh },
  Acosh: { opset: 9, dtypes: floats, formula: Math.acosh },
  Atanh: { opset: 9, dtypes: floats, formula: Math.atanh, range: unit },
  Tanh: { opset: 13, dtypes: floats, formula: Math.tanh },
  Erf: { opset: 13, dtypes: floats },
  Sigmoid: { opset: 13, dtypes: floats, formula: sigmoid },
  Relu: { opset: 14, dtypes: numeric, formula: (x) => (Number.isNaN(x) ? x : Math.max(0, x)) },
  LeakyRelu: { opset: 16, dtypes: floats, attributes: alpha },
  Elu: { opset: 6, dtypes: floats, attributes: alpha },
  Selu: { opset: 6, dtypes: floats },
  Celu: { opset: 12, dtypes: ["f32"], attributes: () => ({ alpha: float(1.5) }) },
  Gelu: {
    opset: 20,
    dtypes: floats,
    attributes: (random) => ({ approximate: random.pick([undefined, "none", "tanh"]) }),
  },
  HardSigmoid: { opset: 6, dtypes: floats, attributes: (random) => ({ ...alpha(random), beta: float(0.4) }) },
  HardSwish: { opset: 14, dtypes: floats, formula: (x) => x * Math.max(0, Math.min(1, x / 6 + 0.5)) },
  Mish: { opset: 18, dtypes: floats, formula: (x) => x * Math.tanh(Math.log1p(Math.exp(x))) },
  Softplus: { opset: 1, dtypes: floats, formula: (x) => Math.log1p(Math.exp(x)) },
  Softsign: { opset: 1, dtypes: floats, formula: (x) => x / (1 + Math.abs(x)) },
  ThresholdedRelu: { opset: 10, dtypes: floats, attributes: alpha },
  Shrink: { opset: 9, dtypes: numeric, attributes: () => ({ bias: float(0.25), lambd: float(0.75) }) },
  Not: { opset: 1, dtypes: ["bool"], formula: (x) => 1 - x },
  BitwiseNot: { opset: 18, dtypes: integers },
  IsNaN: { opset: 20, dtypes: floats, formula: (x) => Number(Number.isNaN(x)) },
  IsInf: { opset: 20, dtypes: floats, attributes: (random) => ({ detect_negative: random.pick([undefined, 0, 1]) }) },
  Identity: { opset: 16, dtypes: [...numeric, "bool", "string"] },
};

/**
 * @typedef {object} Binary
 * @property {number} opset
 * @property {readonly DType[]} dtypes
 * @property {(a: number, b: number) => number} [formula] for floats
 * @property {{ least: number, most: number }} [second] where the second operand has a range of its own
 * @property {(random: Random, dtype: DType) => Record<string, Attribute | undefined>} [attributes]
 * @property {boolean} [oneWay] the first operand has the shape of the result
 */

const divisor = { least: 1, most: 5 };

/** @type {Readonly<Record<string, Binary>>} */
const binary = {
  Add: { opset: 14, dtypes: numeric, formula: (a, b) => a + b },
  Sub: { opset: 14, dtypes: numeric, formula: (a, b) => a - b },
  Mul: { opset: 14, dtypes: numeric, formula: (a, b) => a * b },
  Div: { opset: 14, dtypes: numeric, formula: (a, b) => a / b, second: divisor },
  Pow: {
    opset: 15,
    dtypes: ["f32", "f16", "f64", "i32", "i64"],
    formula: (a, b) => a ** b,
    second: { least: 0, most: 3 },
  },
  Mod: {
    opset: 13,
    dtypes: numeric,
    second: divisor,
    attributes: (_, dtype) => ({ fmod: isFloat(dtype) ? 1 : undefined }),
  },
  PRelu: { opset: 16, dtypes: floats, formula: (x, slope) => (x < 0 ? slope * x : x), oneWay: true },
  Equal: { opset: 19, dtypes: [...numeric, "bool", "string"], formula: (a, b) => Number(a === b) },
  Less: { opset: 13, dtypes: numeric, formula: (a, b) => Number(a < b) },
  Greater: { opset: 13, dtypes: numeric, formula: (a, b) => Number(a > b) },
  LessOrEqual: { opset: 16, dtypes: numeric, formula: (a, b) => Number(a <= b) },
  GreaterOrEqual: { opset: 16, dtypes: numeric, formula: (a, b) => Number(a >= b) },
  And: { opset: 7, dtypes: ["bool"], formula: (a, b) => a & b },
  Or: { opset: 7, dtypes: ["bool"], formula: (a, b) => a | b },
  Xor: { opset: 7, dtypes: ["bool"], formula: (a, b) => a ^ b },
  BitwiseAnd: { opset: 18, dtypes: integers },
  BitwiseOr: { opset: 18, dtypes: integers },
  BitwiseXor: { opset: 18, dtypes: integers },
  BitShift: {
    opset: 11,
    dtypes: ["u8", "u16", "u32", "u64"],
    second: { least: 0, most: 7 },
    attributes: (random) => ({ direction: random.pick(["LEFT", "RIGHT"]) }),
  },
};

/**
 * @template T
 * @param {Random} random
 * @param {Readonly<Record<string, T>>} entries
 * @returns {[string, T]}
 */
const pickEntry = (random, entries) => random.pick(Object.entries(entries));

/**
 * @param {Random} random
 * @returns {Case}
 */
function makeUnary(random) {
  const [op, { opset, dtypes, formula, attributes, range }] = pickEntry(random, unary);
  const dtype = random.pick(dtypes);
  const x = values(random, dtype, anyShape(random), { ...range, specials: range === undefined });
  return { op, opset, inputs: [x], attributes: attributes?.(random), formula };
}

/**
 * @param {Random} random
 * @returns {Case}
 */
function makeBinary(random) {
  const [op, { opset, dtypes, formula, second, attributes, oneWay = false }] = pickEntry(random, binary);
  const dtype = random.pick(dtypes);
  const shape = anyShape(random);
  const swapped = !oneWay && random.chance(0.4);
  const shapes = [random.chance(0.4) && !oneWay ? narrower(random, shape) : shape, narrower(random, shape)];
  if (swapped) shapes.reverse();
  const specials = second === undefined;
  const a = values(random, dtype, shapes[0], { specials });
  const b = values(random, dtype, shapes[1], { specials, ...second });
  const constants = random.chance(0.3) ? [random.int(0, 1)] : [];
  return {
    op,
    opset,
    inputs: [a, b],
    constants,
    attributes: attributes?.(random, dtype),
    ...(isFloat(dtype) || dtype === "bool" ? { formula } : {}),
  };
}

/**
 * @param {Random} random
 * @returns {Case}
 */
function makeVariadic(random) {
  const op = random.pick(["Min", "Max", "Sum", "Mean"]);
  const dtype = random.pick(op === "Sum" || op === "Mean" ? floats : numeric);
  const shape = anyShape(random);
  const inputs = Array.from({ length: random.int(1, 4) }, () => values(random, dtype, narrower(random, shape)));
  return { op, opset: 13, inputs };
}

/**
 * @param {Random} random
 * @returns {Case}
 */
function makeWhere(random) {
  const dtype = random.pick([...numeric, /** @type {const} */ ("string"), /** @type {const} */ ("bool")]);
  const shape = anyShape(random);
  const inputs = [
    values(random, "bool", narrower(random, shape)),
    values(random, dtype, narrower(random, shape)),
    values(random, dtype, shape),
  ];
  return { op: "Where", opset: 16, inputs };
}

/**
 * @param {Random} random
 * @returns {Case}
 */
function makeClip(random) {
  const dtype = random.pick(numeric);
  const bound = (/** @type {number} */ value) =>
    random.chance(0.2) ? undefined : values(random, dtype, [], { least: value, most: value });
  return {
    op: "Clip",
    opset: 13,
    inputs: [values(random, dtype, anyShape(random)), bound(1), bound(2)],
    constants: random.chance(0.5) ? [1, 2] : [],
  };
}

/**
 * @param {Random} random
 * @returns {Case}
 */
function makeCast(random) {
  const from = random.pick([...numeric, /** @type {const} */ ("bool")]);
  const to = random.pick([1, 2, 3, 5, 6, 7, 9, 10, 11, 12]);
  return {
    op: "Cast",
    opset: 19,
    inputs: [values(random, from, anyShape(random), { least: 0, most: 100 })],
    attributes: { to },
  };
}

/** @type {readonly Family[]} */
export const elementwise = [
  { name: "unary", weight: 5, make: makeUnary },
  { name: "binary", weight: 5, make: makeBinary },
  { name: "variadic", weight: 1, make: makeVariadic },
  { name: "where", weight: 1, make: makeWhere },
  { name: "clip", weight: 1, make: makeClip },
  { name: "cast", weight: 1, make: makeCast },
];
