import { unary } from "./unary.ts";

/** The least integer not below x. */
export const ceil = unary("ceil", {
  eval: Math.ceil,
  emit: (k, x) => k.ceil(x),
  examples: [
    [1.5, 2],
    [-2.5, -2],
    [2, 2],
  ],
});
