import type { Datum } from "../tensor/datum.ts";
import { op } from "./op.ts";
import { scalarOperand } from "./scalar-operand.ts";
import { placeOf, sequenceOperand } from "./sequence-operand.ts";

/** The item at a position, which may count from the end. */
export const sequenceAt = op("sequenceAt", ["sequence", "position"], {
  anyKind: true,
  infer([sequence, position]) {
    scalarOperand(position, "position", "integer");
    return sequenceOperand(sequence, "sequence").item;
  },
  eval([sequence, position]: readonly [Datum, Datum]) {
    const items = sequence as readonly Datum[];
    return items[placeOf(position, items.length)]!;
  },
});
