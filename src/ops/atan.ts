import { atan as formula } from "../ir/math/atan.ts";
import { unary } from "./unary.ts";

/** The arc tangent in radians. */
export const atan = unary("atan", {
  eval: Math.atan,
  emit: (k, x) => formula(k, x),
  examples: [
    [0.5, 0.4636476090008061],
    [-2, -1.1071487177940904],
  ],
});
