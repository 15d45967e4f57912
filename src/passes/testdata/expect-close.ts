import { expect } from "vitest";
import type { Datum } from "../../tensor/datum.ts";
import { isTensor } from "../../tensor/datum.ts";
import type { DType } from "../../tensor/dtype.ts";
import { dtypes, isFloat } from "../../tensor/dtype.ts";
import { numbers } from "../../tensor/numbers.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** How far results may be apart that were computed by different formulas, relative to their size and to the largest element. */
const tolerances: Partial<Record<DType, number>> = { f64: 1e-10, f32: 1e-5, f16: 1e-2, bf16: 5e-2 };
const coarse = 0.25;

/** Asserts that data are equal in kind, dtype and shape, and in value up to the rounding of their floats. */
export function expectClose(actual: readonly Datum[], expected: readonly Datum[], what: string): void {
  expect(actual.length, what).toBe(expected.length);
  actual.forEach((datum, i) => {
    compare(datum, expected[i] as Datum, `${what}, output ${i}`);
  });
}

function compare(actual: Datum, expected: Datum, what: string): void {
  if (Array.isArray(actual) && Array.isArray(expected)) expectClose(actual, expected, what);
  else if (isTensor(actual) && isTensor(expected)) compareTensors(actual, expected, what);
  else expect(actual, what).toEqual(expected);
}

function compareTensors(actual: Tensor, expected: Tensor, what: string): void {
  const { dtype, shape } = actual;
  expect({ dtype, shape }, what).toEqual({ dtype: expected.dtype, shape: expected.shape });
  if (isFloat(dtype)) compareFloats(actual, expected, what);
  else if (dtypes[dtype].kind === "complex") compareFloats(asFloats(actual), asFloats(expected), what);
  else expect(actual.data, what).toEqual(expected.data);
}

const asFloats = ({ dtype, data }: Tensor): Tensor => ({
  dtype: dtype === "c64" ? "f32" : "f64",
  shape: [data.length],
  data: data as Float32Array,
});

function compareFloats(actual: Tensor, expected: Tensor, what: string): void {
  const [a, b] = [Float64Array.from(numbers(actual)), Float64Array.from(numbers(expected))];
  const tolerance = tolerances[actual.dtype] ?? coarse;
  const largest = b.reduce((max, value) => (Number.isFinite(value) ? Math.max(max, Math.abs(value)) : max), 0);
  const wrong = a.findIndex((value, i) => {
    const other = b[i] as number;
    if (Object.is(value, other) || value === other) return false;
    return !(Math.abs(value - other) <= tolerance * Math.max(largest, 1e-3));
  });
  if (wrong >= 0) expect.fail(`${what}: element ${wrong} is ${a[wrong]}, expected ${b[wrong]}`);
}
