import { expect, test } from "vitest";
import { formatBytes, formatCount, formatNumber, formatShare, jsonNumber } from "./format.ts";
import { quantile } from "./quantile.ts";

test.each([
  [0, "0"],
  [12345, "12345"],
  [1234.5, "1235"],
  [12.345, "12.3"],
  [0.012345, "0.0123"],
  [-0.5, "-0.5"],
  [1.23456e-7, "1.23e-7"],
  [1.5e20 + 0.5, "150000000000000000000"],
  [Number.NaN, "NaN"],
])("number %d", (value, expected) => {
  expect(formatNumber(value)).toBe(expected);
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1 kB"],
  [90_400_000, "90.4 MB"],
  [2.5e13, "25 TB"],
])("%d bytes", (bytes, expected) => {
  expect(formatBytes(bytes)).toBe(expected);
});

test("shares, counts, and what JSON lacks", () => {
  expect(formatShare(0.1234)).toBe("12.3 %");
  expect([formatCount(1, "node"), formatCount(2, "node")]).toEqual(["1 node", "2 nodes"]);
  expect([1.5, Number.NaN, Number.NEGATIVE_INFINITY].map(jsonNumber)).toEqual([1.5, "NaN", "-Infinity"]);
});

test("quantiles are interpolated as numpy does", () => {
  // np.quantile([3, 1, 2, 10], [0, 0.5, 0.95, 1])
  expect([0, 0.5, 0.95, 1].map((q) => quantile([3, 1, 2, 10], q))).toEqual(
    [1, 2.5, 8.95, 10].map((v) => expect.closeTo(v, 12)),
  );
  expect(quantile([7], 0.95)).toBe(7);
});
