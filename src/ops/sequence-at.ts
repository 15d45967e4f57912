import type { Datum } from "../tensor/datum.ts";
import { op } from "./op.ts";
import { placeOf, sequenceOperand } from "./sequence-operand.ts";
import { tensorOperand } from "./tensor-operand.ts";

/** The item at a position, which may count from the end. */
export const sequenceAt = op("sequenceAt", ["sequence", "position"], {
  infer([sequence, position]) {
    tensorOperand(position, "position");
    return sequenceOperand(sequence, "sequence").item;
  },
  eval([sequence, position]: readonly [Datum, Datum]) {
    const items = sequence as readonly Datum[];
    return items[placeOf(position, items.length)]!;
  },
});
