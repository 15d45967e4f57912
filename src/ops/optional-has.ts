import { tensorType } from "../graph/type.ts";
import type { Datum } from "../tensor/datum.ts";
import { scalar } from "../tensor/numbers.ts";
import { op } from "./op.ts";

/** Whether an optional holds something, as a bool scalar. Anything but an empty optional does; an operand left out does not. */
export const optionalHas = op("optionalHas", ["optional?"], {
  anyKind: true,
  infer: () => tensorType("bool", []),
  eval: ([optional]: readonly [Datum | undefined]) => scalar("bool", optional !== undefined && optional !== null),
  dims([optional]) {
    if (optional.type.kind === "absent") return [0];
    return optional.type.kind === "optional" ? undefined : [1];
  },
});
