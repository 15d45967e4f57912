import { unary } from "./unary.ts";

/** The nearest integer, ties to even: adding 2^52 leaves a double no bits for a fraction. Keeps the sign of zero. */
export function roundHalfEven(x: number): number {
  const magnitude = Math.abs(x);
  if (!(magnitude < 2 ** 52)) return x;
  const rounded = magnitude + 2 ** 52 - 2 ** 52;
  return x < 0 || Object.is(x, -0) ? -rounded : rounded;
}

/** The nearest integer, ties to even. */
export const round = unary("round", {
  eval: roundHalfEven,
  emit: (k, x) => k.roundEven(x),
  examples: [
    [0.5, 0],
    [1.5, 2],
    [-2.5, -2],
    [2.4, 2],
    [-2.6, -3],
  ],
});
