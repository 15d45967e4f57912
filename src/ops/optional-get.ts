import type { Datum } from "../tensor/datum.ts";
import { ShapeError } from "../tensor/errors.ts";
import { op } from "./op.ts";

/** What an optional holds; anything else is itself. Throws ShapeError for an empty one. */
export const optionalGet = op("optionalGet", ["optional"], {
  anyKind: true,
  infer: ([{ type }]) => (type.kind === "optional" ? type.item : type),
  eval([optional]: readonly [Datum]) {
    if (optional !== null) return optional;
    throw new ShapeError("the optional is empty, so its content cannot be taken. Test it with optionalHas first.");
  },
});
