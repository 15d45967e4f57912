import { isFloat } from "../tensor/dtype.ts";
import { truthOf } from "./emit.ts";
import { unary } from "./unary.ts";

/** −1, 0 or 1 as x is negative, zero or positive; NaN stays NaN. */
export const sign = unary("sign", {
  eval: Math.sign,
  emit: (k, x, _, { result }) =>
    isFloat(result) ? k.select(k.gt(x, 0), 1, k.select(k.lt(x, 0), -1, x)) : k.imax(k.imin(x, 1), -1),
  emitWide: (k, x) => ({
    low: k.or(k.sar(x.high, 31), truthOf(k, k.ne(k.or(x.low, x.high), 0))),
    high: k.sar(x.high, 31),
  }),
  evalBig: (x) => (x > 0n ? 1n : x < 0n ? -1n : 0n),
  on: "numeric",
  examples: [
    [-3.5, -1],
    [0, 0],
    [0.25, 1],
    [Number.NaN, Number.NaN],
  ],
});
