import type { Type } from "../graph/type.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Datum } from "../tensor/datum.ts";
import { unknownDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { resolveAxis } from "./axis.ts";
import { concatTensors } from "./concat.ts";
import { op } from "./op.ts";
import { sequenceOperand } from "./sequence-operand.ts";
import { stackEntries } from "./stack-entries.ts";

type SequenceConcatAttributes = {
  readonly axis: number;
  /** Puts the items side by side along a new axis, instead of one after the other along one that they have. */
  readonly newAxis: boolean;
};

/** The tensors of a sequence that is not empty, joined along an axis of the result. */
export const sequenceConcat = op("sequenceConcat", ["sequence"], {
  anyKind: true,
  infer([sequence], { axis, newAxis }: SequenceConcatAttributes) {
    const { dtype, shape } = tensorItem(sequenceOperand(sequence, "sequence").item);
    if (shape === undefined) return tensorType(dtype, undefined);
    if (newAxis) return tensorType(dtype, shape.toSpliced(resolveAxis(axis, shape.length + 1), 0, unknownDim));
    return tensorType(dtype, shape.with(resolveAxis(axis, shape.length), unknownDim));
  },
  eval([sequence]: readonly [Datum], { axis, newAxis }: SequenceConcatAttributes) {
    const [first, ...others] = sequence as readonly Tensor[];
    if (first === undefined) throw new ShapeError("the sequence is empty, so there is nothing to join.");
    if (!newAxis) return concatTensors([first, ...others], axis);
    return stackEntries([first, ...others], resolveAxis(axis, first.shape.length + 1), "the items");
  },
});

function tensorItem(item: Type) {
  if (item.kind === "tensor") return item;
  throw new ShapeError(`the items must be tensors to be joined, got ${formatType(item)}.`);
}
