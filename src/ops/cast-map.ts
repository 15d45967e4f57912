import { tensorType } from "../graph/type.ts";
import type { Datum } from "../tensor/datum.ts";
import { unknownDim } from "../tensor/dim.ts";
import { ShapeError, UsageError } from "../tensor/errors.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { tensor } from "../tensor/tensor.ts";
import { formatElements } from "./cast-string.ts";
import { entriesOf, mapOperand } from "./map-operand.ts";
import { op } from "./op.ts";

type CastMapAttributes = {
  readonly to: "f32" | "i64" | "string";
  /** Left out: the values in the order of their keys. Else a row of this size, each value at the place that its key tells, zeros elsewhere. */
  readonly size?: number;
};

/** The values of a map with integer keys as a row [1,C] of another dtype. */
export const castMap = op("castMap", ["map"], {
  infer([map], { to, size }: CastMapAttributes) {
    mapOperand(map, "map");
    return tensorType(to, [1, size ?? unknownDim]);
  },
  eval([map]: readonly [Datum], { to, size }: CastMapAttributes) {
    const entries = [...entriesOf(map)].map(([key, value]) => [Number(key), value] as const).sort(([a], [b]) => a - b);
    const placed = size === undefined ? entries.map(([, value], i) => [i, value] as const) : entries;
    const width = size ?? entries.length;
    const outside = placed.find(([place]) => place < 0 || place >= width);
    if (outside !== undefined)
      throw new ShapeError(`the key ${outside[0]} is out of range for a row of ${width} values.`);
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

const textOf = (value: Tensor): string => (Array.isArray(value.data) ? value.data[0]! : formatElements(value)[0]!);

function numberOf(value: Tensor): number {
  if (!Array.isArray(value.data)) return numbers(value)[0]!;
  const [text = ""] = value.data;
  const parsed = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isNaN(parsed)) return parsed;
  throw new UsageError(`The text ${JSON.stringify(text)} in the map is no number.`);
}
