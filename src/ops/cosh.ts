import { cosh as formula } from "../ir/math/hyperbolic.ts";
import { unary } from "./unary.ts";

/** The hyperbolic cosine. */
export const cosh = unary("cosh", {
  eval: Math.cosh,
  emit: (k, x) => formula(k, x),
  examples: [
    [0.5, 1.1276259652063807],
    [-2, 3.7621956910836314],
  ],
});
