import { delayExpands } from "../declutter/delay-expands.ts";
import { dropMoves } from "../declutter/drop-moves.ts";
import { foldConstants } from "../declutter/fold-constants.ts";
import { foldDims } from "../declutter/fold-dims.ts";
import { mergeMoves } from "../declutter/merge-moves.ts";
import { pushTransposes } from "../declutter/push-transposes.ts";
import type { Stage } from "../stage.ts";
import { foldIntoAttention } from "./fold-into-attention.ts";
import { foldIntoConv } from "./fold-into-conv.ts";
import { formAttention } from "./form-attention.ts";
import { formGelu } from "./form-gelu.ts";
import { formHardSwish } from "./form-hard-swish.ts";
import { formLayerNorm } from "./form-layer-norm.ts";
import { formLinear } from "./form-linear.ts";
import { formRmsNorm } from "./form-rms-norm.ts";
import { formRotary } from "./form-rotary.ts";
import { formSilu } from "./form-silu.ts";
import { formSoftmax } from "./form-softmax.ts";

/** Recognises large operators in their decompositions and folds neighbours into them. */
export const fuse: Stage = {
  name: "fuse",
  rules: [
    ...dropMoves,
    ...mergeMoves,
    ...pushTransposes,
    ...formAttention,
    ...foldIntoAttention,
    ...foldIntoConv,
    ...formGelu,
    ...formHardSwish,
    ...formLayerNorm,
    ...formLinear,
    ...formRmsNorm,
    ...formRotary,
    formSilu,
    formSoftmax,
  ],
  simplifiers: [foldDims, foldConstants, delayExpands],
  guarantee: "normalisations, activations and softmax in their usual spellings are one operator each",
};
