import { binary } from "./binary.ts";

/** The bits set in both integers. */
export const bitAnd = binary("bitAnd", {
  eval: (a, b) => a & b,
  emit: (k, [a, b]) => k.and(a, b),
  emitWide: (k, [a, b]) => ({ low: k.and(a.low, b.low), high: k.and(a.high, b.high) }),
  evalBig: (a, b) => a & b,
  on: "integer",
  commutative: true,
  examples: [
    [12, 10, 8],
    [7, 0, 0],
  ],
});
