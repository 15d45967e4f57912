import { truthOf } from "./emit.ts";
import { unary } from "./unary.ts";

/** Whether x is infinite; `positive: false` or `negative: false` leaves one infinity out. */
export const isInf = unary<{ readonly positive?: boolean; readonly negative?: boolean }>("isInf", {
  eval: (x, { positive = true, negative = true }) =>
    Number((positive && x === Infinity) || (negative && x === -Infinity)),
  emit(k, x, { positive = true, negative = true }) {
    const above = positive ? truthOf(k, k.eq(x, Number.POSITIVE_INFINITY)) : k.constant(0, "vec i32");
    const below = negative ? truthOf(k, k.eq(x, Number.NEGATIVE_INFINITY)) : k.constant(0, "vec i32");
    return k.or(above, below);
  },
  result: "bool",
  examples: [
    [Infinity, 1],
    [-Infinity, 1],
    [Number.NaN, 0],
    [1, 0],
    [Infinity, 0, { positive: false }],
    [-Infinity, 1, { positive: false }],
  ],
});
