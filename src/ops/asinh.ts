import { asinh as formula } from "../ir/math/hyperbolic.ts";
import { unary } from "./unary.ts";

/** The inverse hyperbolic sine. */
export const asinh = unary("asinh", {
  eval: Math.asinh,
  emit: (k, x) => formula(k, x),
  examples: [
    [0.5, 0.48121182505960347],
    [-2, -1.4436354751788103],
  ],
});
