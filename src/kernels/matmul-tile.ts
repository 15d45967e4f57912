import { panels, rows, size, vector } from "../ir/arguments.ts";
import type { Builder } from "../ir/builder.ts";
import { kernel } from "../ir/kernel.ts";
import type { Node } from "../ir/node.ts";
import type { Tile } from "../ir/tile.ts";
import type { View } from "../ir/view.ts";

/** What is done with elements of the product, from column `column` on. */
export type Finish = (k: Builder, value: Node, column: Node, part: Node | undefined) => Node;

export interface MatmulTile {
  readonly mr: number;
  readonly nv: number;
  /** Whether a vector of n elements is added to every row. */
  readonly bias?: boolean;
  /** What follows, in a second loop over the stored tile. */
  readonly epilogue?: Finish;
}

/**
 * C = A · B + bias, then the epilogue. An item is one mr × (nv · lanes) tile of C; tiles go along the columns first, of
 * which there are `columnTiles`. A is packed as [m / mr][depth][mr], B as [n / (nv · lanes)][depth][nv][lanes], both
 * filled up with any finite numbers; C keeps what lies outside its m × n elements. Sums go along the depth in order.
 */
export const matmulTile = kernel("matmul-tile", ({ mr, nv, bias = false, epilogue }: MatmulTile) => ({
  signature: {
    a: panels(),
    b: panels(),
    c: rows(),
    bias: vector(),
    m: size(),
    n: size(),
    depth: size(),
    columnTiles: size(),
  },
  build(k, args) {
    const { a, b, c, m, n, depth, columnTiles } = args;
    const width = k.imul(nv, k.lanes);
    const add: Finish = (_, value, column, part) => (bias ? k.add(value, k.load(args.bias, column, part)) : value);
    const room = k.scratch(mr * nv * widestLanes);
    k.items((t) => {
      const row = k.imul(k.idiv(t, columnTiles), mr);
      const column = k.imul(k.irem(t, columnTiles), width);
      const ap = a.panel(k.idiv(t, columnTiles), { depth, width: mr, inner: 1 });
      const bp = b.panel(k.irem(t, columnTiles), { depth, width, inner: k.lanes });
      const tile = k.tile(mr, nv);
      k.loop(0, depth, 1, (p) => {
        const bRow = Array.from({ length: nv }, (_, j) => k.load(bp, [p, j]));
        for (let i = 0; i < mr; i++) tile.fma(i, () => k.loadSplat(ap, [p, i]), bRow);
      });
      const [height, wide] = [k.imin(k.isub(m, row), mr), k.imin(k.isub(n, column), width)];
      const target = k.viewAt(c, k.iadd(k.imul(row, c.pitch), column));
      const isWhole = k.and(k.eq(height, mr), k.eq(wide, width));
      k.when(isWhole, () => storeWhole(k, tile, { target, pitch: c.pitch, column, finish: add }));
      k.when(k.eq(isWhole, 0), () => {
        storeWhole(k, tile, { target: room, pitch: width, column, finish: (_, value) => value });
        k.loop(0, height, 1, (i) => {
          const [from, to] = [k.viewAt(room, k.imul(i, width)), k.viewAt(target, k.imul(i, c.pitch))];
          k.vectors(wide, (j, part) => {
            k.store(to, j, add(k, k.load(from, j, part), k.iadd(column, j), part), part);
          });
        });
      });
      if (epilogue) finishRows(k, { target, pitch: c.pitch, height, wide, column, epilogue });
    });
  },
}));

/** The most lanes that any target has, for scratch whose size must not depend on them. */
const widestLanes = 64;

interface Store {
  readonly target: View;
  readonly pitch: Node;
  readonly column: Node;
  readonly finish: Finish;
}

function storeWhole(k: Builder, tile: Tile, { target, pitch, column, finish }: Store): void {
  for (let i = 0; i < tile.mr; i++) {
    for (let j = 0; j < tile.nv; j++) {
      const across = k.imul(j, k.lanes);
      const value = finish(k, tile.get(i, j), k.iadd(column, across), undefined);
      k.store(target, k.iadd(k.imul(i, pitch), across), value);
    }
  }
}

interface Rest extends Omit<Store, "finish"> {
  readonly height: Node;
  readonly wide: Node;
  readonly epilogue: Finish;
}

function finishRows(k: Builder, { target, pitch, height, wide, column, epilogue }: Rest): void {
  k.loop(0, height, 1, (i) => {
    const row = k.viewAt(target, k.imul(i, pitch));
    k.vectors(wide, (j, part) => {
      k.store(row, j, epilogue(k, k.load(row, j, part), k.iadd(column, j), part), part);
    });
  });
}
