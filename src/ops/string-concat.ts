import { tensorType } from "../graph/type.ts";
import { broadcastShapes } from "../tensor/shape.ts";
import { zeros } from "../tensor/tensor.ts";
import { broadcastRuns } from "./broadcast-runs.ts";
import { broadcastTypes } from "./broadcast-types.ts";
import { op } from "./op.ts";
import { stringOperand, stringsOf } from "./string-operand.ts";

/** Each string of a followed by that of b, broadcast to each other. */
export const stringConcat = op("stringConcat", ["a", "b"], {
  infer([a, b]) {
    stringOperand(a, "a");
    stringOperand(b, "b");
    return tensorType("string", broadcastTypes([a, b], ["a", "b"]));
  },
  eval([a, b]) {
    const result = zeros("string", broadcastShapes([...a.shape], [...b.shape]));
    const [x, y] = [stringsOf(a), stringsOf(b)];
    broadcastRuns([a.shape, b.shape], result.shape, (out, count, [i = 0, j = 0], [di = 0, dj = 0]) => {
      for (let n = 0; n < count; n++) result.data[out + n] = x[i + n * di]! + y[j + n * dj]!;
    });
    return result;
  },
});
