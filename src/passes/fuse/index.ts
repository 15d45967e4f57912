import { foldConstants } from "../declutter/fold-constants.ts";
import { foldDims } from "../declutter/fold-dims.ts";
import type { Stage } from "../stage.ts";

/** Recognises large operators in their decompositions and folds neighbours into them. */
export const fuse: Stage = {
  name: "fuse",
  rules: [],
  simplifiers: [foldDims, foldConstants],
  guarantee: "normalisations, activations and softmax in their usual spellings are one operator each",
};
