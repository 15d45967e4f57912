import { acosh as formula } from "../ir/math/hyperbolic.ts";
import { unary } from "./unary.ts";

/** The inverse hyperbolic cosine, NaN below 1. */
export const acosh = unary("acosh", {
  eval: Math.acosh,
  emit: (k, x) => formula(k, x),
  examples: [
    [1, 0],
    [2.5, 1.566799236972411],
  ],
});
