import { tensorType } from "../graph/type.ts";
import type { Datum } from "../tensor/datum.ts";
import type { DType } from "../tensor/dtype.ts";
import { zeros } from "../tensor/tensor.ts";
import { concatTensors } from "./concat.ts";
import type { MapKey } from "./map-operand.ts";
import { entriesOf, mapOperand } from "./map-operand.ts";
import { op } from "./op.ts";

type DictVectorizeAttributes = {
  readonly keys: readonly MapKey[];
  /** That of the map's values. */
  readonly dtype: DType;
};

/** The values of a map at the given keys as a row [1,C]; 0 (an empty string) for keys that it does not have. */
export const dictVectorize = op("dictVectorize", ["map"], {
  anyKind: true,
  infer([map], { keys, dtype }: DictVectorizeAttributes) {
    mapOperand(map, "map", dtype);
    return tensorType(dtype, [1, keys.length]);
  },
  eval([map]: readonly [Datum], { keys, dtype }: DictVectorizeAttributes) {
    const entries = entriesOf(map);
    const cells = keys.map((key) => ({ ...(entries.get(key) ?? zeros(dtype, [])), shape: [1, 1] }));
    return cells.length === 0 ? zeros(dtype, [1, 0]) : concatTensors(cells, 1);
  },
});
