import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { Tile } from "../../ir/tile.ts";
import type { View } from "../../ir/view.ts";
import type { Finish } from "./finish.ts";
import { biasOnly, finishRow, isCheap, withoutBias } from "./finish.ts";

/** The most lanes that any target has, for scratch whose size must not depend on them. */
const widestLanes = 64;

/** Scratch for a tile that is stored in part. */
export const tileRoom = (k: Builder, mr: number, nv: number): View => k.scratch(mr * nv * widestLanes);

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

/** Finishes the elements of a tile that exist and stores them. A costly finish is a second loop over the stored tile. */
export function storeTile(k: Builder, tile: Tile, store: StoreTile): void {
  const { finish, spare, height, wide } = store;
  const { mr, nv } = tile;
  const width = k.imul(nv, k.lanes);
  const isWhole = k.and(k.eq(height, mr), k.eq(wide, width));
  const once = isCheap(finish) ? finish : biasOnly(finish);
  k.when(isWhole, () => {
    for (let i = 0; i < mr; i++) {
      const row = rowOf(k, store, once, k.integer(i));
      for (let j = 0; j < nv; j++) {
        const across = k.imul(j, k.lanes);
        k.store(row.to, across, row.apply(tile.get(i, j), across));
      }
    }
  });
  k.when(k.eq(isWhole, 0), () => {
    for (let i = 0; i < mr; i++)
      for (let j = 0; j < nv; j++) k.store(spare, k.iadd(k.imul(i, width), k.imul(j, k.lanes)), tile.get(i, j));
    k.loop(0, height, 1, (i) => {
      const row = rowOf(k, store, once, i);
      const from = k.viewAt(spare, k.imul(i, width));
      k.vectors(wide, (j, part) => k.store(row.to, j, row.apply(k.load(from, j, part), j, part), part));
    });
  });
  if (once !== finish) finishStored(k, store, withoutBias(finish));
}

function finishStored(k: Builder, store: StoreTile, finish: Finish): void {
  k.loop(0, store.height, 1, (i) => {
    const row = rowOf(k, store, finish, i);
    k.vectors(store.wide, (j, part) => k.store(row.to, j, row.apply(k.load(row.to, j, part), j, part), part));
  });
}

function rowOf(k: Builder, { args, y, channel, start, pitch }: StoreTile, finish: Finish, i: Node) {
  const at = k.iadd(start, k.imul(i, pitch));
  return { to: k.viewAt(y, at), ...finishRow(k, { finish, args, channel: k.iadd(channel, i), start: at }) };
}
