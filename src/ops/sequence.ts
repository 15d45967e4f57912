import { joinTypes } from "../graph/join-types.ts";
import type { Type } from "../graph/type.ts";
import { formatType, sequenceType, tensorType } from "../graph/type.ts";
import type { Datum } from "../tensor/datum.ts";
import { ShapeError } from "../tensor/errors.ts";
import { op } from "./op.ts";

type SequenceAttributes = {
  /** The type of the items, for a sequence that has none yet; f32 tensors when left out. */
  readonly item?: Type;
};

/** A sequence of the operands. */
export const sequence = op("sequence", ["...items"], {
  anyKind: true,
  infer(items, { item = tensorType("f32", undefined) }: SequenceAttributes) {
    const [first = item, ...others] = items.map(({ type }) => type);
    const joined = others.reduce<Type | undefined>((all, type) => all && joinTypes(all, type), first);
    if (joined !== undefined) return sequenceType(joined);
    throw new ShapeError(
      `the items must be of one dtype and kind, got ${[first, ...others].map(formatType).join(", ")}.`,
    );
  },
  eval: (items: readonly Datum[]) => items,
});
