// @ts-check
import { expect, test } from "vitest";
import { sample } from "./sample.js";

/** @import { Box, Picture, Point } from "./types.js" */

const PLAIN = /** @type {const} */ ({ mean: [0, 0, 0], deviation: [1 / 255, 1 / 255, 1 / 255] });

/**
 * @param {number} width
 * @param {number} height
 * @param {(x: number, y: number) => readonly [red: number, green: number, blue: number]} colour
 * @returns {Picture}
 */
function paint(width, height, colour) {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) data.set(colour(i % width, Math.floor(i / width)), 3 * i);
  return { width, height, data };
}

/** @type {(left: number, top: number, right: number, bottom: number) => Box} */
const upright = (left, top, right, bottom) => [
  [left, top],
  [right, top],
  [right, bottom],
  [left, bottom],
];

test("the whole picture at its own size is itself, as planes of blue, green and red", () => {
  const picture = paint(3, 2, (x, y) => [10 * x + y, 100 + x, 200 + y]);
  const planes = sample(picture, upright(0, 0, 3, 2), { width: 3, height: 2 }, PLAIN);
  const expected = [200, 200, 200, 201, 201, 201, 100, 101, 102, 100, 101, 102, 0, 10, 20, 1, 11, 21];
  expect(Array.from(planes, Math.round)).toEqual(expected);
});

test("corners that begin at the lower right turn the picture by half a turn", () => {
  const picture = paint(3, 2, (x, y) => [10 * x + y, 0, 0]);
  const planes = sample(
    picture,
    [
      [3, 2],
      [0, 2],
      [0, 0],
      [3, 0],
    ],
    { width: 3, height: 2 },
    PLAIN,
  );
  expect(Array.from(planes.subarray(12), Math.round)).toEqual([21, 11, 1, 20, 10, 0]);
});

test("a tilted cut out of a ramp has the colours of the ramp at its pixel centres", () => {
  const picture = paint(200, 100, (x, y) => [x, y, x]);
  /** @type {Box} */
  const box = [
    [40, 20],
    [120, 60],
    [110, 80],
    [30, 40],
  ];
  const [width, height] = [40, 10];
  const planes = sample(picture, box, { width, height }, PLAIN);
  for (const [x, y] of /** @type {Point[]} */ ([
    [0, 0],
    [39, 0],
    [17, 5],
    [0, 9],
    [39, 9],
  ])) {
    const [u, v] = [(x + 0.5) / width, (y + 0.5) / height];
    expect(planes[2 * 400 + y * width + x]).toBeCloseTo(40 + 80 * u - 10 * v - 0.5, 3);
    expect(planes[400 + y * width + x]).toBeCloseTo(20 + 40 * u + 20 * v - 0.5, 3);
  }
});

test("shrinking averages all pixels", () => {
  const stripes = paint(64, 64, (x) => (x % 2 === 0 ? [0, 0, 0] : [200, 200, 200]));
  const planes = sample(stripes, upright(0, 0, 64, 64), { width: 16, height: 16 }, PLAIN);
  expect(Math.min(...planes)).toBeCloseTo(100, 3);
  expect(Math.max(...planes)).toBeCloseTo(100, 3);
});

test("values are (c - mean) / deviation, the rest of each row is 0, and edges repeat outside of the picture", () => {
  const picture = paint(4, 4, () => [255, 51, 0]);
  const normalisation = /** @type {const} */ ({ mean: [0.5, 0.1, 0.5], deviation: [0.5, 0.2, 0.25] });
  const planes = sample(picture, upright(-6, -6, 10, 10), { width: 2, height: 1, rowWidth: 3 }, normalisation);
  const expected = [-1, -1, 0, 0.5, 0.5, 0, 2, 2, 0];
  for (const [i, value] of planes.entries()) expect(value).toBeCloseTo(expected[i], 5);
});
