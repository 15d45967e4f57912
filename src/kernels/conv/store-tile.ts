import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { TileShape } from "../../ir/target.ts";
import type { Storage } from "../../ir/type.ts";
import type { View } from "../../ir/view.ts";
import type { Finish } from "./finish.ts";
import { finishRow } from "./finish.ts";

/** The most lanes that any target has, for scratch whose size must not depend on them. */
const widestLanes = 64;

/** Scratch for the sums of a tile. */
export const tileRoom = (k: Builder, { mr, nv }: TileShape, storage: Storage = "f32"): View =>
  k.scratch(mr * nv * widestLanes, storage);

/** The sums of a tile, row by row. */
export interface TileSums extends TileShape {
  readonly get: (i: number, j: number) => Node;
}

/** Vectors of each row of a tile that lie side by side in the result. */
export interface Run {
  readonly vectors: number;
  /** Where the run begins, in elements from the start of its row. */
  readonly at: Node | number;
  /** Elements that exist. */
  readonly wide: Node;
}

export interface StoreTile {
  readonly finish: Finish;
  /** The kernel's arguments, which hold those of the finish. */
  readonly args: unknown;
  readonly y: View;
  readonly spare: View;
  /** The channel of the tile's first row. */
  readonly channel: Node;
  /** Where the tile's first row starts in y, and elements from one row to the next. */
  readonly start: Node;
  readonly pitch: Node;
  /** Rows that exist. */
  readonly height: Node;
  /** All vectors of a row, from left to right. */
  readonly runs: readonly Run[];
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
  k.loop(0, store.height, 1, (i) => {
    const row = rowOf(k, store, i);
    const from = k.viewAt(store.spare, k.imul(i, width));
    let before = 0;
    const runs = store.runs.map((run) => {
      const each = { ...run, from: k.viewAt(from, k.imul(before, k.lanes)) };
      before += run.vectors;
      return each;
    });
    const storeAt = ({ from: sums, at }: (typeof runs)[0], j: Node, part?: Node): void => {
      const place = k.iadd(at, j);
      k.store(row.to, place, row.apply(k.load(sums, j, part), place, part), part);
    };
    for (const run of runs) k.vectors(run.wide, (j, part) => storeAt(run, j, part), run.vectors);
  });
}

function rowOf(k: Builder, { finish, args, y, channel, start, pitch }: StoreTile, i: Node) {
  const at = k.iadd(start, k.imul(i, pitch));
  return { to: k.viewAt(y, at), ...finishRow(k, { finish, args, channel: k.iadd(channel, i), start: at }) };
}
