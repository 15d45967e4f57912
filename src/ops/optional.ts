import { isAbsent } from "../graph/leaves.ts";
import type { Type } from "../graph/type.ts";
import { optionalType, tensorType } from "../graph/type.ts";
import type { Datum } from "../tensor/datum.ts";
import { op } from "./op.ts";

type OptionalAttributes = {
  /** What it could hold, for one that is empty; an f32 tensor when left out. */
  readonly item?: Type;
};

/** An optional: empty when the operand is left out, else holding it. */
export const optional = op("optional", ["content?"], {
  anyKind: true,
  infer: ([content], { item = tensorType("f32", undefined) }: OptionalAttributes) =>
    optionalType(isAbsent(content) ? item : content.type),
  eval: ([content]: readonly [Datum | undefined]) => content ?? null,
});
