import { errorFunction } from "../../../ops/error-function.ts";
import type { FormulaOp } from "../formulas.ts";

export type UnaryFormula = Exclude<FormulaOp, "pow">;

export interface Bound {
  readonly exact: (x: number) => number;
  readonly ulp: number;
}

/** How far the formulas may be from the exact result, in units of its last place in f32. */
export const bounds: Readonly<Record<UnaryFormula, Bound>> = {
  exp: { exact: Math.exp, ulp: 1.5 },
  log: { exact: Math.log, ulp: 1.5 },
  tanh: { exact: Math.tanh, ulp: 2 },
  erf: { exact: errorFunction, ulp: 2 },
  sin: { exact: Math.sin, ulp: 2 },
  cos: { exact: Math.cos, ulp: 2 },
};

/** The same for pow, over the whole range. */
export const powBound = 4;
