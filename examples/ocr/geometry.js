// @ts-check

/** @import { Box, Point } from "./types.js" */

/**
 * The convex hull, clockwise on screen (y grows downwards), without points that lie on its edges.
 * Andrew's monotone chain.
 * @param {readonly Point[]} points
 * @returns {Point[]}
 */
export function convexHull(points) {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const upper = halfHull(sorted);
  const lower = halfHull(sorted.reverse());
  return [...upper.slice(0, -1), ...lower.slice(0, -1)];
}

/** @param {readonly Point[]} sorted */
function halfHull(sorted) {
  /** @type {Point[]} */
  const hull = [];
  for (const point of sorted) {
    while (hull.length > 1 && turn(hull[hull.length - 2], hull[hull.length - 1], point) <= 0) hull.pop();
    hull.push(point);
  }
  return hull;
}

/**
 * Positive if a, b, c turn clockwise on screen.
 * @param {Point} a
 * @param {Point} b
 * @param {Point} c
 */
function turn(a, b, c) {
  return (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]);
}

/**
 * The rectangle of least area around the points, at any angle. One of its sides lies on an edge of the hull.
 * @param {readonly Point[]} points at least one
 * @returns {Box}
 */
export function minAreaRectangle(points) {
  const hull = convexHull(points);
  let best = rectangleAlong(hull.length > 0 ? hull : points, 1, 0);
  let bestArea = area(best);
  for (const [i, [x, y]] of hull.entries()) {
    const [nextX, nextY] = hull[(i + 1) % hull.length];
    const length = Math.hypot(nextX - x, nextY - y);
    if (length === 0) continue;
    const rectangle = rectangleAlong(hull, (nextX - x) / length, (nextY - y) / length);
    if (area(rectangle) < bestArea) {
      best = rectangle;
      bestArea = area(rectangle);
    }
  }
  return fromTopLeft(best);
}

/**
 * The rectangle around the points whose first side points along the unit vector (ux, uy).
 * @param {readonly Point[]} points
 * @param {number} ux
 * @param {number} uy
 * @returns {Box}
 */
function rectangleAlong(points, ux, uy) {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const [x, y] of points) {
    const along = x * ux + y * uy;
    const across = y * ux - x * uy;
    left = Math.min(left, along);
    right = Math.max(right, along);
    top = Math.min(top, across);
    bottom = Math.max(bottom, across);
  }
  /** @type {(along: number, across: number) => Point} */
  const at = (along, across) => [along * ux - across * uy, along * uy + across * ux];
  return [at(left, top), at(right, top), at(right, bottom), at(left, bottom)];
}

/**
 * The same rectangle, beginning with the upper of its two leftmost corners.
 * @param {Box} box clockwise
 */
function fromTopLeft(box) {
  const [first, second] = [...box].sort((a, b) => a[0] - b[0]);
  const start = second[1] < first[1] ? second : first;
  return turned(box, box.indexOf(start));
}

/**
 * The same box, beginning `steps` corners later.
 * @param {Box} box
 * @param {number} steps
 * @returns {Box}
 */
export function turned(box, steps) {
  const [a, b, c, d] = box;
  const turns = /** @type {const} */ ([
    [a, b, c, d],
    [b, c, d, a],
    [c, d, a, b],
    [d, a, b, c],
  ]);
  return turns[((steps % 4) + 4) % 4];
}

/**
 * Length of the first and of the second side of a box.
 * @param {Box} box
 * @returns {[width: number, height: number]}
 */
export function sides([a, b, , d]) {
  return [Math.hypot(b[0] - a[0], b[1] - a[1]), Math.hypot(d[0] - a[0], d[1] - a[1])];
}

/** @param {Box} box */
function area(box) {
  const [width, height] = sides(box);
  return width * height;
}

/**
 * The rectangle with each side moved outwards.
 * @param {Box} box a rectangle whose sides are longer than 0
 * @param {number} distance
 * @returns {Box}
 */
export function expand(box, distance) {
  const [a, b, c, d] = box;
  const [width, height] = sides(box);
  const [ux, uy] = [((b[0] - a[0]) / width) * distance, ((b[1] - a[1]) / width) * distance];
  const [vx, vy] = [((d[0] - a[0]) / height) * distance, ((d[1] - a[1]) / height) * distance];
  return [
    [a[0] - ux - vx, a[1] - uy - vy],
    [b[0] + ux - vx, b[1] + uy - vy],
    [c[0] + ux + vx, c[1] + uy + vy],
    [d[0] - ux + vx, d[1] - uy + vy],
  ];
}

/**
 * Sorts boxes as they are read: line by line, and along the line within one. Most of the boxes decide which way that is,
 * so a page that stands on its head is read from its own top. Boxes whose middles lie within half a height of each
 * other share a line.
 * @param {readonly Box[]} boxes each from its first corner to its second as its text reads
 * @returns {Box[]}
 */
export function inReadingOrder(boxes) {
  const [ux, uy] = readingDirection(boxes);
  const placed = boxes.map((box) => extent(box, ux, uy)).sort((a, b) => a.middle - b.middle);
  /** @type {(typeof placed)[]} */
  const lines = [];
  for (const entry of placed) {
    const line = lines.at(-1);
    const previous = line?.at(-1);
    const together = previous && entry.middle - previous.middle < Math.min(entry.height, previous.height) / 2;
    if (line && together) line.push(entry);
    else lines.push([entry]);
  }
  return lines.flatMap((line) => line.sort((a, b) => a.start - b.start)).map(({ box }) => box);
}

/**
 * The one of right, down, left and up in which most text runs, counted by length.
 * @param {readonly Box[]} boxes
 * @returns {Point}
 */
function readingDirection(boxes) {
  /** @type {readonly Point[]} */
  const directions = [
    [1, 0],
    [0, 1],
    [-1, 0],
    [0, -1],
  ];
  const lengths = directions.map(([ux, uy]) =>
    boxes.reduce((sum, [a, b]) => sum + Math.max(0, (b[0] - a[0]) * ux + (b[1] - a[1]) * uy), 0),
  );
  return directions[lengths.indexOf(Math.max(...lengths))];
}

/**
 * @param {Box} box
 * @param {number} ux
 * @param {number} uy
 */
function extent(box, ux, uy) {
  const middle = box.reduce((sum, [x, y]) => sum + y * ux - x * uy, 0) / 4;
  return { box, middle, start: Math.min(...box.map(([x, y]) => x * ux + y * uy)), height: Math.min(...sides(box)) };
}
