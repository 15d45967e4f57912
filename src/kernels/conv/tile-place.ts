import { size } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";

/** Extents of a product of weights with windows: its depth, pixels of a plane, groups, and outputs of each with their tiles. */
export const productSignature = {
  depth: size(),
  pixels: size(),
  group: size(),
  outputs: size(),
  tiles: size(),
} as const;

/** Of a product whose tiles are split among items, and done by groups that fit a cache. */
export const splitSignature = { splits: size(), splitTiles: size(), groupTiles: size() } as const;

interface TileOf {
  /** The tile of the group, and its outputs. */
  readonly t: Node;
  readonly mr: number;
  /** The plane of all groups and batch entries, and its group. */
  readonly plane: Node;
  readonly inGroup: Node;
  /** Pixels of the plane before the tile. */
  readonly first: Node;
}

/** Where a tile of outputs is stored: its first channel, its first element, elements from one output to the next, and outputs that exist. */
export function tilePlace(
  k: Builder,
  { outputs, pixels }: { readonly outputs: Node; readonly pixels: Node },
  { t, mr, plane, inGroup, first }: TileOf,
): { readonly channel: Node; readonly start: Node; readonly pitch: Node; readonly height: Node } {
  const row = k.imul(t, mr);
  return {
    channel: k.iadd(k.imul(inGroup, outputs), row),
    start: k.iadd(k.imul(k.iadd(k.imul(plane, outputs), row), pixels), first),
    pitch: pixels,
    height: k.imin(k.isub(outputs, row), mr),
  };
}
