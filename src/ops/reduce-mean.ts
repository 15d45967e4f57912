import { reduceSum } from "./reduce-sum.ts";
import { reduction } from "./reduction.ts";

const { start, run, big } = reduceSum.reduction;

/** The mean over axes. Integers are cut towards zero. Over no elements: NaN, 0 for integers. */
export const reduceMean = reduction("reduceMean", {
  on: "numeric",
  start,
  run,
  big,
  finish: (total, count) => total / count,
  finishBig: (total, count) => (count === 0n ? 0n : total / count),
});
