import { unary } from "./unary.ts";

/** The greatest integer not above x. */
export const floor = unary("floor", {
  eval: Math.floor,
  emit: (k, x) => k.floor(x),
  examples: [
    [1.5, 1],
    [-1.5, -2],
    [2, 2],
  ],
});
