import { tensorType } from "../graph/type.ts";
import type { Datum } from "../tensor/datum.ts";
import { unknownDim } from "../tensor/dim.ts";
import { isFloat } from "../tensor/dtype.ts";
import { UsageError } from "../tensor/errors.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { tensor } from "../tensor/tensor.ts";
import { entriesOf, mapOperand } from "./map-operand.ts";
import { op } from "./op.ts";

type CastMapAttributes = {
  readonly to: "f32" | "i64" | "string";
  /** Left out: the values in the order of their keys. Else a row of this size, each value at the place that its key tells, zeros elsewhere; keys beyond the row are passed over. */
  readonly size?: number;
};

/** The values of a map with integer keys as a row [1,C] of another dtype. */
export const castMap = op("castMap", ["map"], {
  anyKind: true,
  infer([map], { to, size }: CastMapAttributes) {
    mapOperand(map, "map");
    return tensorType(to, [1, size ?? unknownDim]);
  },
  eval([map]: readonly [Datum], { to, size }: CastMapAttributes) {
    const entries = [...entriesOf(map)].map(([key, value]) => [Number(key), value] as const).sort(([a], [b]) => a - b);
    const width = size ?? entries.length;
    const all = size === undefined ? entries.map(([, value], i) => [i, value] as const) : entries;
    const placed = all.filter(([place]) => place >= 0 && place < width);
    if (to === "string") {
      const texts = new Array<string>(width).fill("");
      for (const [place, value] of placed) texts[place] = textOf(value);
      return tensor("string", [1, width], texts);
    }
    const row = new Float64Array(width);
    for (const [place, value] of placed) row[place] = numberOf(value);
    return fromNumbers(to, [1, width], row);
  },
});

/** Floats have six decimals, as C++ writes them. */
function textOf(value: Tensor): string {
  if (Array.isArray(value.data)) return value.data[0] ?? "";
  return isFloat(value.dtype) ? numbers(value)[0]!.toFixed(6) : String(value.data[0]);
}

function numberOf(value: Tensor): number {
  if (!Array.isArray(value.data)) return numbers(value)[0]!;
  const [text = ""] = value.data;
  const parsed = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isNaN(parsed)) return parsed;
  throw new UsageError(`The text ${JSON.stringify(text)} in the map is no number.`);
}
