import { number, rows, size } from "../../ir/arguments.ts";
import { kernel } from "../../ir/kernel.ts";

/** y = x / sqrt(Σ x² + eps); an item is a row. */
export const l2Normalize = kernel("l2-normalize", (_: Readonly<Record<never, never>>) => ({
  signature: { x: rows(), y: rows(), n: size(), eps: number() },
  build(k, { x, y, n, eps }) {
    k.items((r) => {
      const squares = k.fold(n, {
        init: 0,
        combine: "add",
        step(acc, i, part) {
          const v = k.load(x.row(r), i, part);
          return k.fma(v, v, acc);
        },
      });
      const s = k.div(1, k.sqrt(k.add(squares, eps)));
      k.vectors(n, (i, part) => k.store(y.row(r), i, k.mul(k.load(x.row(r), i, part), s), part));
    });
  },
}));
