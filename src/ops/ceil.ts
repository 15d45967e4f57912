import { unary } from "./unary.ts";

/** The least integer not below x. */
export const ceil = unary("ceil", {
  eval: Math.ceil,
  examples: [
    [1.5, 2],
    [-2.5, -2],
    [2, 2],
  ],
});
