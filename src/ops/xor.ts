import { binary } from "./binary.ts";

/** Logical exclusive or. */
export const xor = binary("xor", {
  eval: (a, b) => a ^ b,
  emit: (k, [a, b]) => k.xor(a, b),
  on: "bool",
  commutative: true,
  examples: [
    [0, 0, 0],
    [0, 1, 1],
    [1, 1, 0],
  ],
});
