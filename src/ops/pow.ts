import type { Builder, Variable } from "../ir/builder.ts";
import type { Node } from "../ir/node.ts";
import { isFloat } from "../tensor/dtype.ts";
import { binary } from "./binary.ts";

const floatPower = (a: number, b: number): number => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b);

/** By repeated squaring, modulo 2^32. */
function integerPower(a: number, b: number): number {
  if (b < 0) return inversePower(a, b % 2 === 0);
  let result = 1;
  for (let square = a, rest = b; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = Math.imul(result, square);
    square = Math.imul(square, square);
  }
  return result;
}

/** By repeated squaring, modulo 2^64. */
function bigPower(a: bigint, b: bigint): bigint {
  if (b < 0n) return BigInt(inversePower(Number(a), b % 2n === 0n));
  let result = 1n;
  for (let square = a, rest = b; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = BigInt.asUintN(64, result * square);
    square = BigInt.asUintN(64, square * square);
  }
  return result;
}

/** 1 / a to a positive power: whole for 1 and -1 only. */
const inversePower = (a: number, isEven: boolean): number => (a === 1 || a === -1 ? (isEven ? 1 : a) : 0);

/** The same in i32 lanes. */
function emitPower(k: Builder, a: Node, b: Node): Node {
  const one = k.constant(1, a.type);
  const [result, square, rest] = [one, a, b].map((value) => k.variable(value)) as [Variable, Variable, Variable];
  k.loop(0, 31, 1, () => {
    const isOdd = k.ne(k.and(rest.get(), 1), 0);
    result.set(k.select(isOdd, k.imul(result.get(), square.get()), result.get()));
    square.set(k.imul(square.get(), square.get()));
    rest.set(k.shr(rest.get(), 1));
  });
  const isUnit = k.le(k.imul(a, a), 1);
  const inverse = k.select(k.and(isUnit, k.ne(a, 0)), k.select(k.eq(k.and(b, 1), 0), one, a), 0);
  return k.select(k.lt(b, 0), inverse, result.get());
}

/** aᵇ, as C and IEEE 754 define it: 1 to any power is 1, also to NaN. A negative power of an integer is cut towards zero. */
export const pow = binary("pow", {
  eval: floatPower,
  emit: (k, [a, b], _, { result }) => (isFloat(result) ? k.pow(a, b) : emitPower(k, a, b)),
  evalInt: integerPower,
  evalBig: bigPower,
  examples: [
    [2, 10, 1024],
    [3, -0.5, 0.5773502691896257],
    [-2, 3, -8],
    [-8, 0.5, Number.NaN],
    [1, Number.NaN, 1],
    [-1, Infinity, 1],
    [0, -1, Infinity],
  ],
});
