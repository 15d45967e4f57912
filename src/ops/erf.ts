import { errorFunction } from "./error-function.ts";
import { unary } from "./unary.ts";

/** The error function, 2/√π · ∫₀ˣ e^(−t²) dt. */
export const erf = unary("erf", {
  eval: errorFunction,
  emit: (k, x) => k.erf(x),
  examples: [
    [0, 0],
    [0.25, 0.2763263901682369],
    [-0.75, -0.7111556336535151],
    [1.5, 0.9661051464753108],
    [-3, -0.9999779095030014],
    [7, 1],
  ],
});
