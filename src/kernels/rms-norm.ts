import { number, rows, size, vector } from "../ir/arguments.ts";
import { kernel } from "../ir/kernel.ts";
import type { Storage } from "../ir/type.ts";

/** y = x · scale / sqrt(mean(x²) + eps); an item is a row. Computed in f32 whatever the storage. */
export const rmsNorm = kernel("rms-norm", ({ storage = "f32" }: { readonly storage?: Storage }) => ({
  signature: { x: rows(storage), scale: vector(storage), y: rows(storage), n: size(), eps: number() },
  build(k, { x, scale, y, n, eps }) {
    k.items((r) => {
      const [xr, yr] = [x.row(r), y.row(r)];
      const squares = k.fold(n, {
        init: 0,
        combine: "add",
        step(acc, i, part) {
          const v = k.load(xr, i, part);
          return k.fma(v, v, acc);
        },
      });
      const s = k.div(1, k.sqrt(k.add(k.div(squares, k.toF32(n)), eps)));
      k.vectors(n, (i, part) => {
        k.store(yr, i, k.mul(k.mul(k.load(xr, i, part), s), k.load(scale, i, part)), part);
      });
    });
  },
}));
