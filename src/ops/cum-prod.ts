import { cumulative } from "./cumulative.ts";

/** The running product along an axis. */
export const cumProd = cumulative("cumProd", {
  start: 1,
  step: (total, x) => total * x,
  stepBig: (total, x) => total * x,
});
