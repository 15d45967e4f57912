import { binary } from "./binary.ts";

/** The bits set in exactly one of the integers. */
export const bitXor = binary("bitXor", {
  eval: (a, b) => a ^ b,
  emit: (k, [a, b]) => k.xor(a, b),
  emitWide: (k, [a, b]) => ({ low: k.xor(a.low, b.low), high: k.xor(a.high, b.high) }),
  evalBig: (a, b) => a ^ b,
  on: "integer",
  commutative: true,
  examples: [
    [12, 10, 6],
    [7, 0, 7],
  ],
});
