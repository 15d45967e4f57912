import { unary } from "./unary.ts";

/** The cosine of x radians. */
export const cos = unary("cos", {
  eval: Math.cos,
  emit: (k, x) => k.cos(x),
  examples: [
    [0.5, 0.8775825618903728],
    [-3, -0.9899924966004454],
  ],
});
