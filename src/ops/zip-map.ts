import { formatType, sequenceType, tensorType } from "../graph/type.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import { requireDType } from "./dtype-class.ts";
import type { MapKey } from "./map-operand.ts";
import { op } from "./op.ts";
import { tensorOperand } from "./tensor-operand.ts";

type ZipMapAttributes = {
  /** One for each column. */
  readonly keys: readonly MapKey[];
};

/** A sequence with a map from keys to scalars for each row of x ([N,C], or [C] for one). */
export const zipMap = op("zipMap", ["x"], {
  infer([x], { keys }: ZipMapAttributes) {
    const { dtype, shape } = tensorOperand(x, "x");
    requireDType(dtype, "float", "x");
    const columns = shape?.at(-1);
    if (
      (shape !== undefined && shape.length !== 1 && shape.length !== 2) ||
      (typeof columns === "number" && columns !== keys.length)
    ) {
      throw new ShapeError(`x must have a column for each of the ${keys.length} keys, got ${formatType(x.type)}.`);
    }
    const key = typeof keys[0] === "string" ? "string" : "i64";
    return sequenceType({ kind: "map", key, value: tensorType(dtype, []) });
  },
  eval([x], { keys }: ZipMapAttributes) {
    const rows = x.shape.length === 1 ? 1 : x.shape[0]!;
    const values = numbers(x);
    return Array.from({ length: rows }, (_unused, row) => {
      const scalars = keys.map((key, i) => [key, fromNumbers(x.dtype, [], [values[row * keys.length + i]!])] as const);
      return new Map(scalars);
    });
  },
});
