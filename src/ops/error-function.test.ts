import { expect, it } from "vitest";
import { complementaryErrorFunction, errorFunction } from "./error-function.ts";

// [x, erf(x), erfc(x)] by mpmath with 40 digits.
const table: readonly (readonly [number, number, number])[] = [
  [1e-9, 1.1283791670955127e-9, 0.9999999988716208],
  [0.1, 0.1124629160182849, 0.887537083981715],
  [0.46875, 0.49261347321793797, 0.507386526782062],
  [0.47, 0.4937450508860821, 0.5062549491139179],
  [0.8, 0.7421009647076605, 0.2578990352923395],
  [1.5, 0.9661051464753108, 0.033894853524689274],
  [2.25, 0.9985372834133188, 0.0014627165866811518],
  [3.9, 0.9999999652077514, 3.4792248597231765e-8],
  [4, 0.9999999845827421, 1.541725790028002e-8],
  [4.01, 0.9999999858030606, 1.4196939421371052e-8],
  [5.5, 0.9999999999999927, 7.357847917974398e-15],
  [8, 1.0, 1.1224297172982926e-29],
  [15, 1.0, 7.212994172451207e-100],
  [26, 1.0, 5.663192408856143e-296],
];

it.each(table)("erf and erfc of %f have a relative error below 1e-15", (x, erf, erfc) => {
  expect(Math.abs(errorFunction(x) / erf - 1)).toBeLessThan(1e-15);
  expect(Math.abs(complementaryErrorFunction(x) / erfc - 1)).toBeLessThan(1e-15);
  expect(errorFunction(-x)).toBe(-errorFunction(x));
  expect(complementaryErrorFunction(-x)).toBeCloseTo(1 + erf, 14);
});

it("ends at the limits", () => {
  expect([Infinity, -Infinity, 0, Number.NaN].map(errorFunction)).toEqual([1, -1, 0, Number.NaN]);
  expect([Infinity, -Infinity, 0, Number.NaN].map(complementaryErrorFunction)).toEqual([0, 2, 1, Number.NaN]);
});
