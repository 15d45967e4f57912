import { size, vector } from "../../ir/arguments.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Storage } from "../../ir/type.ts";

export interface PackPanels {
  readonly nv: number;
  readonly storage: Storage;
}

/**
 * Panels of nv · lanes columns of a row of matrices [depth][n]: [matrix][panel][depth][nv · lanes] in f32, filled up with 0. Of each matrix
 * the `panels` panels from `firstPanel` on; an item is one of them.
 */
export const packPanels = kernel("pack-panels", ({ nv, storage }: PackPanels) => ({
  signature: { b: vector(storage), packed: vector(), n: size(), depth: size(), panels: size(), firstPanel: size() },
  build(k, { b, packed, n, depth, panels, firstPanel }) {
    const width = k.imul(nv, k.lanes);
    k.items((item) => {
      const column = k.imul(k.iadd(firstPanel, k.irem(item, panels)), width);
      const wide = k.imin(k.isub(n, column), width);
      const from = k.viewAt(b, k.iadd(k.imul(k.imul(k.idiv(item, panels), depth), n), column));
      const to = k.viewAt(packed, k.imul(k.imul(item, depth), width));
      const isWhole = k.eq(wide, width);
      const columns = Array.from({ length: nv }, (_, j) => k.imul(j, k.lanes));
      k.when(isWhole, () => {
        k.loop(0, depth, 1, (p) => {
          for (const j of columns) k.store(to, k.iadd(k.imul(p, width), j), k.load(from, k.iadd(k.imul(p, n), j)));
        });
      });
      k.when(k.eq(isWhole, 0), () => {
        k.loop(0, depth, 1, (p) => {
          const line = k.viewAt(to, k.imul(p, width));
          for (const j of columns) k.store(line, j, 0);
          k.vectors(wide, (j, part) => k.store(line, j, k.load(from, k.iadd(k.imul(p, n), j), part), part), nv);
        });
      });
    });
  },
}));
