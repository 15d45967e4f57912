import { rows, size } from "../ir/arguments.ts";
import { kernel } from "../ir/kernel.ts";

/** y = exp(x - max x) / Σ exp(x - max x); an item is a row. `y` may be `x`. */
export const softmax = kernel("softmax", (_: Readonly<Record<never, never>>) => ({
  signature: { x: rows(), y: rows(), n: size() },
  build(k, { x, y, n }) {
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
          k.store(yr, i, e, part);
          return k.add(acc, e);
        },
      });
      const inverse = k.div(1, sum);
      k.vectors(n, (i, part) => k.store(yr, i, k.mul(k.load(yr, i, part), inverse), part));
    });
  },
}));
