import { tensorType } from "../graph/type.ts";
import type { Datum } from "../tensor/datum.ts";
import { scalar } from "../tensor/numbers.ts";
import { op } from "./op.ts";
import { sequence as sequenceOp } from "./sequence.ts";
import { sequenceOperand } from "./sequence-operand.ts";

/** How many items a sequence has, as an i64 scalar. */
export const sequenceLength = op("sequenceLength", ["sequence"], {
  anyKind: true,
  infer([sequence]) {
    sequenceOperand(sequence, "sequence");
    return tensorType("i64", []);
  },
  eval: ([sequence]: readonly [Datum]) => scalar("i64", (sequence as readonly Datum[]).length),
  dims: ([sequence]) => (sequence.op === sequenceOp ? [sequence.operands.length] : undefined),
});
