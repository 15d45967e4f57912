import { cumulative } from "./cumulative.ts";

/** The running sum along an axis. */
export const cumSum = cumulative("cumSum", {
  start: 0,
  step: (total, x) => total + x,
  stepBig: (total, x) => total + x,
});
