import { unary } from "./unary.ts";

/** eˣ. */
export const exp = unary("exp", {
  eval: Math.exp,
  emit: (k, x) => k.exp(x),
  examples: [
    [0, 1],
    [1.5, 4.4816890703380645],
    [-2.5, 0.0820849986238988],
    [-Infinity, 0],
  ],
});
