import { unary } from "./unary.ts";

/** |x|. */
export const abs = unary("abs", {
  eval: Math.abs,
  evalBig: (x) => (x < 0n ? -x : x),
  on: "numeric",
  examples: [
    [-2.5, 2.5],
    [3, 3],
    [-Infinity, Infinity],
  ],
});
