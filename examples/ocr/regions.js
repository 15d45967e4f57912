// @ts-check

/** @import { Point } from "./types.js" */

/**
 * The connected regions of a map that are above a threshold; pixels that touch at a corner are connected.
 * @param {Float32Array} map `height` rows of `width`
 * @param {number} width
 * @param {number} height
 * @param {number} threshold
 * @returns {Point[][]} for each region the outer corners of its first and last pixel in each row: enough for its hull
 */
export function regionOutlines(map, width, height, threshold) {
  const seen = new Uint8Array(map.length);
  const outlines = [];
  for (let start = 0; start < map.length; start++) {
    if (seen[start] === 0 && map[start] > threshold)
      outlines.push(outlineFrom(start, { map, seen, width, height, threshold }));
  }
  return outlines;
}

/**
 * @param {number} start
 * @param {{ map: Float32Array, seen: Uint8Array, width: number, height: number, threshold: number }} field
 * @returns {Point[]}
 */
function outlineFrom(start, { map, seen, width, height, threshold }) {
  /** @type {Map<number, [first: number, last: number]>} */
  const rows = new Map();
  const open = [start];
  seen[start] = 1;
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const x = at % width;
    const y = (at - x) / width;
    const row = rows.get(y);
    if (row) {
      row[0] = Math.min(row[0], x);
      row[1] = Math.max(row[1], x);
    } else rows.set(y, [x, x]);
    for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
      for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
        const next = ny * width + nx;
        if (seen[next] !== 0 || !(map[next] > threshold)) continue;
        seen[next] = 1;
        open.push(next);
      }
    }
  }
  return [...rows].flatMap(([y, [first, last]]) => corners(first, last + 1, y));
}

/**
 * @param {number} left
 * @param {number} right
 * @param {number} top
 * @returns {Point[]}
 */
function corners(left, right, top) {
  return [
    [left, top],
    [right, top],
    [right, top + 1],
    [left, top + 1],
  ];
}
