import { rows, size } from "../../ir/arguments.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Storage } from "../../ir/type.ts";

export interface Softmax {
  /** Whether the logarithm is wanted: x - max x - ln Σ exp(x - max x). */
  readonly log?: boolean;
  readonly storage?: Storage;
}

/**
 * y = exp(x - max x) / Σ exp(x - max x), or its logarithm; an item is a row. `y` may be `x`. Exponentials are kept in y where that is exact,
 * and made again where it is not.
 */
export const softmax = kernel("softmax", ({ log = false, storage = "f32" }: Softmax) => ({
  signature: { x: rows(storage), y: rows(storage), n: size() },
  build(k, { x, y, n }) {
    const keeps = storage === "f32" && !log;
    k.items((r) => {
      const [xr, yr] = [x.row(r), y.row(r)];
      const top = k.fold(n, {
        init: Number.NEGATIVE_INFINITY,
        combine: "max",
        step: (acc, i, part) => k.maxAny(acc, k.load(xr, i, part)),
      });
      const sum = k.fold(n, {
        init: 0,
        combine: "add",
        step(acc, i, part) {
          const e = k.exp(k.sub(k.load(xr, i, part), top));
          if (keeps) k.store(yr, i, e, part);
          return k.add(acc, e);
        },
      });
      if (log) {
        const offset = k.log(sum);
        k.vectors(n, (i, part) => k.store(yr, i, k.sub(k.sub(k.load(xr, i, part), top), offset), part));
        return;
      }
      const inverse = k.div(1, sum);
      k.vectors(n, (i, part) => {
        const e = keeps ? k.load(yr, i, part) : k.exp(k.sub(k.load(xr, i, part), top));
        k.store(yr, i, k.mul(e, inverse), part);
      });
    });
  },
}));
