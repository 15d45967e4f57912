import { errorFunction } from "../ops/error-function.ts";
import { roundHalfEven } from "../ops/round.ts";
import type { Formula, FormulaTruth } from "./formula.ts";

type Plain<T> = T extends FormulaTruth ? boolean : number;
type OnNumbers<F> = F extends (...operands: infer O) => infer R
  ? (...operands: { [I in keyof O]: Plain<O[I]> }) => Plain<R>
  : never;

const arithmetic: { readonly [K in keyof Formula]: OnNumbers<Formula[K]> } = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  min: Math.min,
  max: Math.max,
  neg: (x) => -x,
  abs: Math.abs,
  sqrt: Math.sqrt,
  floor: Math.floor,
  ceil: Math.ceil,
  trunc: Math.trunc,
  roundEven: roundHalfEven,
  exp: Math.exp,
  log: Math.log,
  tanh: Math.tanh,
  erf: errorFunction,
  sin: Math.sin,
  cos: Math.cos,
  pow: (x, power) => x ** power,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  isNan: Number.isNaN,
  and: (a, b) => a && b,
  or: (a, b) => a || b,
  not: (a) => !a,
  select: (truth, a, b) => (truth ? a : b),
};

/** Formulas on numbers and booleans of JavaScript: what evaluates an operator that was registered with its formula alone. */
export const formulaArithmetic = arithmetic as unknown as Formula;
