import type { Stage } from "../stage.ts";
import { delayExpands } from "./delay-expands.ts";
import { dropGathers } from "./drop-gathers.ts";
import { dropMoves } from "./drop-moves.ts";
import { dropNeutral } from "./drop-neutral.ts";
import { dropPairs } from "./drop-pairs.ts";
import { foldConstants } from "./fold-constants.ts";
import { foldDims } from "./fold-dims.ts";
import { formMean } from "./form-mean.ts";
import { formPowers } from "./form-powers.ts";
import { formStaticReduce } from "./form-static-reduce.ts";
import { inlineConditional } from "./inline-conditional.ts";
import { mergeMoves } from "./merge-moves.ts";
import { openSequences } from "./open-sequences.ts";
import { pushTransposes } from "./push-transposes.ts";
import { settleCaptures } from "./settle-captures.ts";

/** Simplifies without regard to any target. */
export const declutter: Stage = {
  name: "declutter",
  rules: [
    ...dropGathers,
    ...dropMoves,
    ...dropNeutral,
    ...dropPairs,
    formMean,
    ...formPowers,
    formStaticReduce,
    ...mergeMoves,
    ...pushTransposes,
  ],
  simplifiers: [foldDims, foldConstants, inlineConditional, settleCaptures, openSequences, delayExpands],
  guarantee: "no operator has only constant operands, and shape arithmetic that follows from the input shapes is gone",
};
