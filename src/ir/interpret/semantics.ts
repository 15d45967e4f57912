/** What the lane-by-lane operations mean, on numbers. Results are rounded by the array that they are stored in. */
import type { Op } from "../operations.ts";
import { fusedMultiplyAdd } from "./fused-multiply-add.ts";

const bytes = new DataView(new ArrayBuffer(4));

function bitsOf(x: number): number {
  bytes.setFloat32(0, x);
  return bytes.getInt32(0);
}

function fromBits(bits: number): number {
  bytes.setInt32(0, bits);
  return bytes.getFloat32(0);
}

/** To the nearest integer, ties to even; the sign of zero stays. */
function roundEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest < 0.5 || x === below) return below === 0 && Object.is(Math.sign(x), -0) ? -0 : below;
  const above = Math.ceil(x);
  return rest > 0.5 || above % 2 === 0 ? above : below;
}

const saturate = (x: number): number => Math.min(Math.max(Math.trunc(x), -(2 ** 31)), 2 ** 31 - 1) || 0;

/** Operations whose result in a lane depends on that lane of the operands alone. */
export const lanewise = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  sqrt: (a) => Math.sqrt(a),
  neg: (a) => -a,
  abs: (a) => Math.abs(a),
  min: (a, b) => Math.min(a, b),
  max: (a, b) => Math.max(a, b),
  minAny: (a, b) => (b < a ? b : a),
  maxAny: (a, b) => (a < b ? b : a),
  roundEven,
  floor: (a) => Math.floor(a),
  ceil: (a) => Math.ceil(a),
  trunc: (a) => Math.trunc(a),
  toI32: saturate,
  toI32Sat: saturate,
  toF32: (a) => a,
  bitsOf,
  fromBits,
  iadd: (a, b) => a + b,
  isub: (a, b) => a - b,
  imul: (a, b) => Math.imul(a, b),
  imin: (a, b) => Math.min(a, b),
  imax: (a, b) => Math.max(a, b),
  idiv: (a, b) => Math.floor((a >>> 0) / (b >>> 0)),
  irem: (a, b) => (a >>> 0) % (b >>> 0),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  lt: (a, b) => Number(a < b),
  le: (a, b) => Number(a <= b),
  eq: (a, b) => Number(a === b),
  ne: (a, b) => Number(a !== b),
  select: (mask, a, b) => (mask !== 0 ? a : b),
} satisfies Partial<Record<Op, (a: number, b: number, c: number) => number>>;

/** fma of the two classes of targets. */
export const fmaOf = (fused: boolean): ((a: number, b: number, c: number) => number) =>
  fused ? fusedMultiplyAdd : (a, b, c) => Math.fround(a * b) + c;
