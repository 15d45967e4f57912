import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { TileShape } from "../../ir/target.ts";
import type { Tile } from "../../ir/tile.ts";
import type { View } from "../../ir/view.ts";
import { alongDepth } from "./along-depth.ts";

/** The first row of some columns, and the elements from one row to the next. */
export interface Panel {
  readonly view: View;
  readonly pitch: Node;
}

export interface Factors {
  /** mr rows, the elements from one to the next, and those from one element of a row to the next, 1 when left out. */
  readonly rows: View;
  readonly rowPitch: Node;
  readonly depthPitch?: number;
  readonly depth: Node;
  /** Steps of the depth that a round of the loop takes: 1 when left out. */
  readonly steps?: number;
  readonly panels: readonly Panel[];
  /** Gives a tile what its sums begin with; 0 when left out. */
  readonly begin?: (tile: Tile, panel: number) => void;
}

/** Tiles of a product, one for each panel. Sums go along the depth in order, a row of every panel a step. */
export function multiply(k: Builder, { mr, nv }: TileShape, factors: Factors): Tile[] {
  const { rows, rowPitch, depthPitch = 1, depth, steps = 1, panels, begin } = factors;
  const tiles = panels.map(() => k.tile(mr, nv));
  if (begin) tiles.forEach(begin);
  const factor = (i: number, p: Node, s: number) => (): Node =>
    k.loadSplat(rows, k.iadd(k.iadd(k.imul(i, rowPitch), s * depthPitch), k.imul(p, depthPitch)));
  const isShared = panels.length > 1 && mr <= 2;
  alongDepth(k, { depth, steps }, (p, s) => {
    const shared = Array.from({ length: isShared ? mr : 0 }, (_, i) => factor(i, p, s)());
    panels.forEach(({ view, pitch }, t) => {
      const first = k.iadd(k.imul(p, pitch), k.imul(s, pitch));
      const bRow = Array.from({ length: nv }, (_, j) => k.load(view, k.iadd(first, k.imul(j, k.lanes))));
      for (let i = 0; i < mr; i++) {
        const known = shared[i];
        tiles[t]?.fma(i, known ? () => known : factor(i, p, s), bRow);
      }
    });
  });
  return tiles;
}

export interface Beside extends Panel {
  /** Elements from one panel to the next. */
  readonly apart: Node;
  readonly count: number;
}

/** Panels that lie evenly. */
export function panelsBeside(k: Builder, { view, pitch, apart, count }: Beside): Panel[] {
  return Array.from({ length: count }, (_, s) => ({ view: k.viewAt(view, k.imul(s, apart)), pitch }));
}

/** What a tile comes to. */
export type Sums = Pick<Tile, "mr" | "nv" | "get">;

/** Stores a tile as rows `pitch` elements apart. */
export function storeTile(k: Builder, tile: Sums, { to, pitch }: { readonly to: View; readonly pitch: Node }): void {
  for (let i = 0; i < tile.mr; i++) {
    for (let j = 0; j < tile.nv; j++) k.store(to, k.iadd(k.imul(i, pitch), k.imul(j, k.lanes)), tile.get(i, j));
  }
}
