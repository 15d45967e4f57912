import { binary } from "./binary.ts";

/** The bits set in either integer. */
export const bitOr = binary("bitOr", {
  eval: (a, b) => a | b,
  emit: (k, [a, b]) => k.or(a, b),
  emitWide: (k, [a, b]) => ({ low: k.or(a.low, b.low), high: k.or(a.high, b.high) }),
  evalBig: (a, b) => a | b,
  on: "integer",
  commutative: true,
  examples: [
    [12, 10, 14],
    [7, 0, 7],
  ],
});
