import { size, vector } from "../../ir/arguments.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Storage } from "../../ir/type.ts";

export interface PackRows {
  readonly mr: number;
  readonly storage: Storage;
}

/**
 * Matrices of m rows of `depth` elements, mr rows at a time as [depth][mr] of f32, and after `whole` such row panels `lower` rows at a time as
 * [depth][lower]: a row panel begins where its first row would. An item is one of the `rowPanels` row panels of a matrix.
 */
export const packRows = kernel("pack-rows", ({ mr, storage }: PackRows) => ({
  signature: {
    a: vector(storage),
    packed: vector(),
    m: size(),
    depth: size(),
    rowPanels: size(),
    whole: size(),
    lower: size(),
  },
  build(k, { a, packed, m, depth, rowPanels, whole, lower }) {
    k.items((item) => {
      const panel = k.irem(item, rowPanels);
      const row = k.iadd(k.imul(k.imin(panel, whole), mr), k.imul(k.imax(k.isub(panel, whole), 0), lower));
      const start = k.imul(k.iadd(k.imul(k.idiv(item, rowPanels), m), row), depth);
      const [from, to] = [k.viewAt(a, start), k.viewAt(packed, start)];
      const isWhole = k.lt(panel, whole);
      k.when(isWhole, () => {
        k.loop(0, depth, 1, (p) => {
          for (let i = 0; i < mr; i++) {
            const value = k.loadScalar(from, k.iadd(k.imul(i, depth), p));
            k.storeScalar(to, k.iadd(k.imul(p, mr), i), value);
          }
        });
      });
      k.when(k.eq(isWhole, 0), () => {
        k.loop(0, lower, 1, (i) => {
          k.loop(0, depth, 1, (p) => {
            k.storeScalar(to, k.iadd(k.imul(p, lower), i), k.loadScalar(from, k.iadd(k.imul(i, depth), p)));
          });
        });
      });
    });
  },
}));
