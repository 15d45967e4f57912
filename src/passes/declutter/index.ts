import type { Stage } from "../stage.ts";
import { foldConstants } from "./fold-constants.ts";
import { foldDims } from "./fold-dims.ts";

/** Simplifies without regard to any target. */
export const declutter: Stage = {
  name: "declutter",
  rules: [],
  simplifiers: [foldDims, foldConstants],
  guarantee: "no operator has only constant operands, and shape arithmetic that follows from the input shapes is gone",
};
