import { isAbsent } from "../graph/leaves.ts";
import type { Datum } from "../tensor/datum.ts";
import { ShapeError } from "../tensor/errors.ts";
import { op } from "./op.ts";
import { scalarOperand } from "./scalar-operand.ts";
import { placeOf, sequenceOperand } from "./sequence-operand.ts";

/** The sequence without the item at a position, which may count from the end; without the last one when left out. */
export const sequenceErase = op("sequenceErase", ["sequence", "position?"], {
  anyKind: true,
  infer([sequence, position]) {
    if (!isAbsent(position)) scalarOperand(position, "position", "integer");
    return sequenceOperand(sequence, "sequence");
  },
  eval([sequence, position]: readonly [Datum, Datum | undefined]) {
    const items = sequence as readonly Datum[];
    if (items.length === 0) throw new ShapeError("the sequence is empty, so no item can be taken out of it.");
    return items.toSpliced(position === undefined ? items.length - 1 : placeOf(position, items.length), 1);
  },
});
