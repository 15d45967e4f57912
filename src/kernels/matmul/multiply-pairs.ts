import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { TileShape } from "../../ir/target.ts";
import type { Factors, Sums } from "./multiply.ts";

/** As `multiply`, of i16 in pairs along the depth, exact in i32. Where registers are few, the factors of a row are loaded again for each vector. */
export function multiplyPairs(k: Builder, { mr, nv }: TileShape, { rows, rowPitch, depth, panels }: Factors): Sums[] {
  const zero = k.constant(0, "vec i32");
  const tiles = panels.map(() => Array.from({ length: mr }, () => Array.from({ length: nv }, () => k.variable(zero))));
  const isShared = mr * nv + nv + 2 < k.target.tileRegisters;
  k.loop(0, depth, 1, (p) => {
    panels.forEach(({ view, pitch }, s) => {
      const bRow = Array.from({ length: nv }, (_, j) =>
        k.loadRaw(view, k.iadd(k.imul(p, pitch), k.imul(2 * j, k.lanes)), "vec i16"),
      );
      tiles[s]?.forEach((row, i) => {
        const load = (): Node => k.loadGroupSplat(rows, k.iadd(k.imul(i, rowPitch), k.imul(p, 2)), "vec i16");
        const shared = isShared ? load() : undefined;
        row.forEach((sum, j) => void sum.set(k.dot2(sum.get(), shared ?? load(), bRow[j] as Node)));
      });
    });
  });
  return tiles.map((tile) => ({ mr, nv, get: (i, j) => tile[i]?.[j]?.get() as Node }));
}
