import { unary } from "./unary.ts";

/** The tangent of x radians. */
export const tan = unary("tan", {
  eval: Math.tan,
  emit: (k, x) => k.div(k.sin(x), k.cos(x)),
  examples: [
    [0.5, 0.5463024898437905],
    [-3, 0.1425465430742778],
  ],
});
