import { unary } from "./unary.ts";

/** The inverse hyperbolic sine. */
export const asinh = unary("asinh", {
  eval: Math.asinh,
  examples: [
    [0.5, 0.48121182505960347],
    [-2, -1.4436354751788103],
  ],
});
