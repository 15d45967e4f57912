import type { Target, TileShape } from "../../ir/target.ts";

/** How many rows at a time are multiplied, and how. */
export interface TileRun {
  readonly mr: number;
  readonly nv: number;
  /** Panels that are worked on together. */
  readonly span: number;
  readonly firstRow: number;
  /** Tiles one below the other. */
  readonly rowPanels: number;
}

/** The most panels at once: more streams from memory are not followed ahead. */
const mostPanels = 4;

/** The tile for whole panels of `columns`: narrower than the target's best where one vector holds all of them. */
export function tileFor({ tiles, lanes = 4 }: Target, columns: number): TileShape {
  const best = tiles[0] as TileShape;
  return columns <= lanes ? { mr: best.mr, nv: 1 } : best;
}

/**
 * Cuts m rows into tiles of the best height and what is left: two lower tiles, where a row panel less leaves an even number for them, else one,
 * which takes several panels so that as many sums are on their way.
 */
export function cutRows(m: number, { mr, nv }: TileShape): TileRun[] {
  const rest = m % mr;
  const isShared = rest > 0 && 2 * rest < mr && m > mr && (mr + rest) % 2 === 0;
  const lower = isShared ? (mr + rest) / 2 : rest;
  const firstRow = isShared ? m - 2 * lower : m - rest;
  const runs: TileRun[] = [];
  if (firstRow > 0) runs.push({ mr, nv, span: 1, firstRow: 0, rowPanels: firstRow / mr });
  if (rest === 0) return runs;
  const fits = Math.min(mostPanels, Math.floor(mr / lower));
  const span = fits >= 4 ? 4 : fits >= 2 ? 2 : 1;
  runs.push({ mr: lower, nv, span, firstRow, rowPanels: isShared ? 2 : 1 });
  return runs;
}
