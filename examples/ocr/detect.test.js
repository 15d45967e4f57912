// @ts-check
import { expect, test } from "vitest";
import { boxesInMap } from "./detect.js";
import { sides } from "./geometry.js";
import { regionOutlines } from "./regions.js";

/**
 * @param {string[]} rows "#" where there is text
 */
function mapOf(rows) {
  const map = Float32Array.from(rows.join(""), (c) => (c === "#" ? 0.9 : 0.1));
  return { map, width: rows[0].length, height: rows.length };
}

test("regions that touch at a corner are one, and regions apart are two", () => {
  const { map, width, height } = mapOf(["##...", "..#..", ".....", "...##"]);
  const outlines = regionOutlines(map, width, height, 0.3);
  expect(outlines.map((outline) => outline.length / 4)).toEqual([2, 1]);
  expect(outlines[1]).toEqual([
    [3, 3],
    [5, 3],
    [5, 4],
    [3, 4],
  ]);
});

test("a region does not reach around from the end of a row to the start of the next", () => {
  const { map, width, height } = mapOf(["...#", "#..."]);
  expect(regionOutlines(map, width, height, 0.3)).toHaveLength(2);
});

test("a block of text becomes a box, moved outwards by area over perimeter times 1.6", () => {
  const rows = Array.from({ length: 30 }, (_, y) =>
    y >= 10 && y < 18 ? `${".".repeat(10)}${"#".repeat(40)}..........` : ".".repeat(60),
  );
  const { map, width, height } = mapOf(rows);
  const distance = (40 * 8 * 1.6) / (2 * (40 + 8));
  const [box, ...others] = boxesInMap(map, width, height);
  expect(others).toEqual([]);
  const expected = [
    [10 - distance, 10 - distance],
    [50 + distance, 10 - distance],
    [50 + distance, 18 + distance],
    [10 - distance, 18 + distance],
  ];
  for (const [i, [x, y]] of box.entries()) {
    expect(x).toBeCloseTo(expected[i][0], 6);
    expect(y).toBeCloseTo(expected[i][1], 6);
  }
});

test("a tilted block keeps its angle", () => {
  const [width, height, angle] = [120, 80, (12 * Math.PI) / 180];
  const map = new Float32Array(width * height);
  for (let i = 0; i < map.length; i++) {
    const [x, y] = [(i % width) + 0.5 - 60, Math.floor(i / width) + 0.5 - 40];
    const inside =
      Math.abs(x * Math.cos(angle) + y * Math.sin(angle)) < 40 &&
      Math.abs(y * Math.cos(angle) - x * Math.sin(angle)) < 6;
    map[i] = inside ? 0.95 : 0;
  }
  const [[a, b]] = boxesInMap(map, width, height);
  expect((Math.atan2(b[1] - a[1], b[0] - a[0]) * 180) / Math.PI).toBeCloseTo(12, 0);
});

test("specks and regions of low probability give no box", () => {
  const speck = mapOf(["......", "..##..", "..##..", "......"]);
  expect(boxesInMap(speck.map, speck.width, speck.height)).toEqual([]);
  const faint = new Float32Array(400).fill(0.5);
  expect(boxesInMap(faint, 20, 20)).toEqual([]);
  const sure = new Float32Array(400).fill(0.7);
  expect(sides(boxesInMap(sure, 20, 20)[0])[0]).toBeGreaterThan(20);
});
