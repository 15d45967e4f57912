import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { TileShape } from "../../ir/target.ts";
import type { Storage } from "../../ir/type.ts";
import type { View } from "../../ir/view.ts";
import type { Finish } from "./finish.ts";
import { finishRow, isCheap } from "./finish.ts";

/** The most lanes that any target has, for scratch whose size must not depend on them. */
const widestLanes = 64;

/** Scratch for a tile that is stored in part. */
export const tileRoom = (k: Builder, { mr, nv }: TileShape, storage: Storage = "f32"): View =>
  k.scratch(mr * nv * widestLanes, storage);

/** The sums of a tile, row by row. */
export interface TileSums extends TileShape {
  readonly get: (i: number, j: number) => Node;
}

export interface StoreTile {
  readonly finish: Finish;
  /** The kernel's arguments, which hold those of the finish. */
  readonly args: unknown;
  readonly y: View;
  readonly spare: View;
  /** The channel of the tile's first row. */
  readonly channel: Node;
  /** The place of the tile's first element in y, and elements from one row to the next. */
  readonly start: Node;
  readonly pitch: Node;
  /** Rows and columns that exist. */
  readonly height: Node;
  readonly wide: Node;
}

/**
 * Finishes the elements of a tile that exist and stores them, by way of scratch: compilers spill sums that stay in registers beyond
 * their loop, and some do so inside it.
 */
export function storeTile(k: Builder, tile: TileSums, store: StoreTile): void {
  const { mr, nv } = tile;
  const width = k.imul(nv, k.lanes);
  for (let i = 0; i < mr; i++)
    for (let j = 0; j < nv; j++) k.store(store.spare, k.iadd(k.imul(i, width), k.imul(j, k.lanes)), tile.get(i, j));
  const isWhole = k.eq(store.wide, width);
  k.loop(0, store.height, 1, (i) => {
    const row = rowOf(k, store, i);
    const from = k.viewAt(store.spare, k.imul(i, width));
    const inVectors = (): void =>
      k.vectors(store.wide, (j, part) => k.store(row.to, j, row.apply(k.load(from, j, part), j, part), part));
    if (!isCheap(store.finish)) return inVectors();
    k.when(isWhole, () => {
      for (let j = 0; j < nv; j++) {
        const across = k.imul(j, k.lanes);
        k.store(row.to, across, row.apply(k.load(from, across), across));
      }
    });
    k.when(k.eq(isWhole, 0), inVectors);
  });
}

function rowOf(k: Builder, { finish, args, y, channel, start, pitch }: StoreTile, i: Node) {
  const at = k.iadd(start, k.imul(i, pitch));
  return { to: k.viewAt(y, at), ...finishRow(k, { finish, args, channel: k.iadd(channel, i), start: at }) };
}
