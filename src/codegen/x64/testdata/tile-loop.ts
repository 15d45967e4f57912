import { size, strided, vector } from "../../../ir/arguments.ts";
import { kernel } from "../../../ir/kernel.ts";
import type { Node } from "../../../ir/node.ts";

/** C tile = A panel · B panel for one tile, stored as it lies in registers: the loop of every matrix product. */
export const tileLoop = kernel("tile-loop", ({ mr, nv }: { readonly mr: number; readonly nv: number }) => ({
  signature: { a: strided(1), b: strided(2), c: vector(), depth: size() },
  build(k, { a, b, c, depth }) {
    const lanes = k.lanes;
    k.items(() => {
      const tile = k.tile(mr, nv);
      const [ap, bp] = [
        { ...a, strides: [mr, 1] },
        { ...b, strides: [k.imul(nv, lanes), lanes] },
      ];
      k.loop(0, depth, 1, (p) => {
        const row: Node[] = Array.from({ length: nv }, (_, j) => k.load(bp, [p, j]));
        for (let i = 0; i < mr; i++) tile.fma(i, () => k.loadSplat(ap, [p, i]), row);
      });
      for (let i = 0; i < mr; i++) {
        for (let j = 0; j < nv; j++) k.store(c, k.imul(i * nv + j, lanes), tile.get(i, j));
      }
    });
  },
}));
