import type { TileRun } from "./choose-tile.ts";
import { itemColumns } from "./matmul.ts";

/** Elements of b that the items of neighbouring rows share in the second cache. */
const sharedElements = 48 * 1024;
/** Items that a launch should have at least, so that threads find enough of them. */
const enoughItems = 32;

/** How many panels an item takes: as many as stay in the cache, fewer where there would be few items. */
export function cutColumns(
  { nv, span, rowPanels }: TileRun,
  { n, depth, batch }: { readonly n: number; readonly depth: number; readonly batch: number },
  lanes: number,
): { readonly blocks: number; readonly words: Readonly<Record<string, number>> } {
  const width = nv * lanes;
  const panels = Math.ceil(n / width);
  const cached = Math.floor(sharedElements / Math.max(1, depth * width));
  const rest = Math.max(1, Math.ceil(enoughItems / (rowPanels * Math.max(1, batch))));
  const wanted = Math.min(cached, Math.floor(itemColumns / width), Math.ceil(panels / rest));
  const blockPanels = Math.min(Math.floor(itemColumns / width), Math.max(1, Math.ceil(wanted / span)) * span);
  const blocks = Math.ceil(panels / blockPanels);
  return { blocks, words: { blocks, blockPanels, panels } };
}
