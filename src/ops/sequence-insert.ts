import { joinTypes } from "../graph/join-types.ts";
import { isAbsent } from "../graph/leaves.ts";
import { formatType, sequenceType } from "../graph/type.ts";
import type { Datum } from "../tensor/datum.ts";
import { ShapeError } from "../tensor/errors.ts";
import { op } from "./op.ts";
import { scalarInteger, scalarOperand } from "./scalar-operand.ts";
import { sequence as sequenceOp } from "./sequence.ts";
import { sequenceOperand } from "./sequence-operand.ts";

/** The sequence with an item put in before a position, which may count from the end; at the end when left out. */
export const sequenceInsert = op("sequenceInsert", ["sequence", "item", "position?"], {
  anyKind: true,
  infer([sequence, item, position]) {
    const type = sequenceOperand(sequence, "sequence");
    if (!isAbsent(position)) scalarOperand(position, "position", "integer");
    const isEmpty = sequence.op === sequenceOp && sequence.operands.length === 0;
    const joined = joinTypes(type.item, item.type);
    if (joined !== undefined) return sequenceType(isEmpty ? item.type : joined);
    throw new ShapeError(
      `item must have the dtype and kind of the others, got ${formatType(item.type)} for ${formatType(type)}.`,
    );
  },
  eval([sequence, item, position]: readonly [Datum, Datum, Datum | undefined]) {
    const items = sequence as readonly Datum[];
    return items.toSpliced(position === undefined ? items.length : insertionPlace(position, items.length), 0, item);
  },
});

/** Unlike where an item is read, the place after the last item is allowed. */
function insertionPlace(position: Datum, length: number): number {
  const at = Number(scalarInteger(position, "position"));
  if (at >= -length && at <= length) return at < 0 ? at + length : at;
  throw new ShapeError(`position ${at} is out of range for putting an item into a sequence of ${length}.`);
}
