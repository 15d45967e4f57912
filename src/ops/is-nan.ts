import { truthOf } from "./emit.ts";
import { unary } from "./unary.ts";

/** Whether x is NaN. */
export const isNan = unary("isNan", {
  eval: (x) => Number(Number.isNaN(x)),
  emit: (k, x) => truthOf(k, k.isNan(x)),
  result: "bool",
  examples: [
    [Number.NaN, 1],
    [1, 0],
    [Infinity, 0],
  ],
});
