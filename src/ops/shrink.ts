import { isFloat } from "../tensor/dtype.ts";
import { unary } from "./unary.ts";

/** x + bias below −lambd, x − bias above lambd, 0 between. */
export const shrink = unary<{ readonly bias: number; readonly lambd: number }>("shrink", {
  eval: (x, { bias, lambd }) => (x < -lambd ? x + bias : x > lambd ? x - bias : 0),
  emit(k, x, { bias, lambd }, { result }) {
    if (!isFloat(result)) return undefined;
    const above = k.select(k.gt(x, lambd), k.sub(x, bias), 0);
    return k.select(k.lt(x, -lambd), k.add(x, bias), above);
  },
  on: "numeric",
  examples: [
    [-2, -1.5, { bias: 0.5, lambd: 1.5 }],
    [2, 1.5, { bias: 0.5, lambd: 1.5 }],
    [1.5, 0, { bias: 0.5, lambd: 1.5 }],
  ],
});
