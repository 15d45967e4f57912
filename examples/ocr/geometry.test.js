// @ts-check
import { expect, test } from "vitest";
import { convexHull, expand, inReadingOrder, minAreaRectangle, sides, turned } from "./geometry.js";

/** @import { Box, Point } from "./types.js" */

/**
 * Numbers in 0..1 that depend on the seed only (mulberry32).
 * @param {number} seed
 */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * @param {readonly Point[]} points
 * @param {number} angle in radians
 */
function areaAtAngle(points, angle) {
  const along = points.map(([x, y]) => x * Math.cos(angle) + y * Math.sin(angle));
  const across = points.map(([x, y]) => y * Math.cos(angle) - x * Math.sin(angle));
  return (Math.max(...along) - Math.min(...along)) * (Math.max(...across) - Math.min(...across));
}

/** @param {Box} box */
function area(box) {
  const [width, height] = sides(box);
  return width * height;
}

/**
 * How far a point lies outside of a rectangle.
 * @param {Box} box
 * @param {Point} point
 */
function distanceOutside(box, [x, y]) {
  const [a, b, , d] = box;
  const [width, height] = sides(box);
  const along = ((x - a[0]) * (b[0] - a[0]) + (y - a[1]) * (b[1] - a[1])) / width;
  const across = ((x - a[0]) * (d[0] - a[0]) + (y - a[1]) * (d[1] - a[1])) / height;
  return Math.max(-along, along - width, -across, across - height);
}

/**
 * @param {Point} centre
 * @param {number} width
 * @param {number} height
 * @param {number} degrees clockwise on screen
 * @returns {Box}
 */
function rectangle([x, y], width, height, degrees) {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  /** @type {(u: number, v: number) => Point} */
  const at = (u, v) => [x + (u * width * cos - v * height * sin) / 2, y + (u * width * sin + v * height * cos) / 2];
  return [at(-1, -1), at(1, -1), at(1, 1), at(-1, 1)];
}

test("the rectangle of least area encloses the points and is no larger than any of 1800 angles finds", () => {
  const seed = Date.now() % 1e9;
  const random = randomNumbers(seed);
  for (let round = 0; round < 200; round++) {
    const stretch = 0.2 + random();
    const points = Array.from({ length: 3 + Math.floor(random() * 40) }, () => {
      const [x, y] = [random() * 100, random() * 100 * stretch];
      return /** @type {Point} */ ([x + 0.3 * y, y - 0.2 * x]);
    });
    const box = minAreaRectangle(points);
    const outside = Math.max(...points.map((point) => distanceOutside(box, point)));
    const bruteForce = Math.min(...Array.from({ length: 1800 }, (_, i) => areaAtAngle(points, (i * Math.PI) / 3600)));
    expect(outside, `seed ${seed}, round ${round}`).toBeLessThan(1e-9);
    expect(area(box), `seed ${seed}, round ${round}`).toBeLessThanOrEqual(bruteForce * (1 + 1e-9));
    expect(area(box), `seed ${seed}, round ${round}`).toBeGreaterThan(bruteForce * 0.97);
  }
});

test.each([0, 7, 30, -12, -40])(
  "a rectangle tilted by %i degrees is found again, from its top left corner",
  (degrees) => {
    const box = rectangle([50, 60], 80, 14, degrees);
    const inner = /** @type {Point} */ ([50, 60]);
    const found = minAreaRectangle([box[2], inner, box[0], box[3], box[1]]);
    for (const [i, [x, y]] of found.entries()) {
      expect(x).toBeCloseTo(box[i][0], 9);
      expect(y).toBeCloseTo(box[i][1], 9);
    }
  },
);

test("points on one line and a single point have a rectangle without area", () => {
  const line = /** @type {Point[]} */ ([0, 1, 2, 3].map((i) => [i, 2 * i]));
  expect(area(minAreaRectangle(line))).toBeCloseTo(0, 9);
  expect(minAreaRectangle([[4, 5]])).toEqual(Array(4).fill([4, 5]));
});

test("the hull leaves out inner points and points on its edges", () => {
  const hull = convexHull([
    [0, 0],
    [2, 0],
    [4, 0],
    [4, 3],
    [0, 3],
    [1, 1],
    [2, 3],
  ]);
  expect(hull).toEqual([
    [0, 0],
    [4, 0],
    [4, 3],
    [0, 3],
  ]);
});

test("expand moves every side outwards by the distance", () => {
  expect(
    expand(
      [
        [10, 10],
        [30, 10],
        [30, 20],
        [10, 20],
      ],
      3,
    ),
  ).toEqual([
    [7, 7],
    [33, 7],
    [33, 23],
    [7, 23],
  ]);
  const box = rectangle([0, 0], 40, 10, 25);
  const [width, height] = sides(expand(box, 2.5));
  expect(width).toBeCloseTo(45, 9);
  expect(height).toBeCloseTo(15, 9);
});

test("turned renumbers corners and accepts negative steps", () => {
  const box = rectangle([0, 0], 4, 2, 0);
  expect(turned(box, 1)).toEqual([box[1], box[2], box[3], box[0]]);
  expect(turned(box, -1)).toEqual([box[3], box[0], box[1], box[2]]);
  expect(turned(turned(box, 2), 2)).toEqual(box);
});

const PAGE = [
  rectangle([60, 20], 100, 20, 0),
  rectangle([180, 24], 100, 20, 0),
  rectangle([60, 60], 100, 20, 0),
  rectangle([170, 62], 80, 20, 3),
  rectangle([100, 100], 180, 20, 0),
];

test.each([0, 90, 180, 270])("a page turned by %i degrees is read line by line from its own top", (degrees) => {
  const [cos, sin] = [Math.round(Math.cos((degrees * Math.PI) / 180)), Math.round(Math.sin((degrees * Math.PI) / 180))];
  const page = PAGE.map((box) => {
    const [a, b, c, d] = box.map(([x, y]) => /** @type {Point} */ ([x * cos - y * sin, x * sin + y * cos]));
    return /** @type {Box} */ ([a, b, c, d]);
  });
  expect(inReadingOrder([3, 0, 4, 2, 1].map((i) => page[i]))).toEqual(page);
});
