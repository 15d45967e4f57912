import { unary } from "./unary.ts";

/** All bits of an integer turned over. */
export const bitNot = unary("bitNot", {
  eval: (x) => ~x,
  emit: (k, x) => k.not(x),
  emitWide: (k, x) => ({ low: k.not(x.low), high: k.not(x.high) }),
  evalBig: (x) => ~x,
  on: "integer",
  examples: [
    [5, -6],
    [-1, 0],
  ],
});
