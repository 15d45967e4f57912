import { size, vector } from "../../ir/arguments.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Storage } from "../../ir/type.ts";

export interface PackRows {
  readonly mr: number;
  readonly storage: Storage;
}

/**
 * Matrices of m rows of `depth` elements, mr rows at a time as [depth][mr] of f32, and what is left of a matrix as [depth][rows that are left]: a
 * row panel begins where its first row would. An item is one of the `rowPanels` row panels of a matrix.
 */
export const packRows = kernel("pack-rows", ({ mr, storage }: PackRows) => ({
  signature: { a: vector(storage), packed: vector(), m: size(), depth: size(), rowPanels: size() },
  build(k, { a, packed, m, depth, rowPanels }) {
    k.items((item) => {
      const row = k.imul(k.irem(item, rowPanels), mr);
      const start = k.imul(k.iadd(k.imul(k.idiv(item, rowPanels), m), row), depth);
      const [from, to] = [k.viewAt(a, start), k.viewAt(packed, start)];
      const height = k.imin(k.isub(m, row), mr);
      const isWhole = k.eq(height, mr);
      k.when(isWhole, () => {
        k.loop(0, depth, 1, (p) => {
          for (let i = 0; i < mr; i++) {
            const value = k.loadScalar(from, k.iadd(k.imul(i, depth), p));
            k.storeScalar(to, k.iadd(k.imul(p, mr), i), value);
          }
        });
      });
      k.when(k.eq(isWhole, 0), () => {
        k.loop(0, height, 1, (i) => {
          k.loop(0, depth, 1, (p) => {
            k.storeScalar(to, k.iadd(k.imul(p, height), i), k.loadScalar(from, k.iadd(k.imul(i, depth), p)));
          });
        });
      });
    });
  },
}));
