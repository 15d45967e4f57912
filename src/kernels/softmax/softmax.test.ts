import { describe, expect, test } from "vitest";
import { createRandom } from "../../tensor/random.ts";
import { hash } from "../testdata/hash.ts";
import { machinesOf } from "../testdata/machines.ts";
import { runKernel } from "../testdata/run-kernel.ts";
import { softmax } from "./softmax.ts";

const sizes = [0, 1, 3, 4, 5, 8, 9, 15, 17, 63, 64, 65, 127, 251, 1024];

const topOf = (x: Float32Array): number =>
  x.reduce((most, v) => (Number.isNaN(v) || v > most ? v : most), Number.NEGATIVE_INFINITY);

/** The formula in f64. */
function reference(x: Float32Array): Float64Array {
  const top = topOf(x);
  const e = Float64Array.from(x, (v) => Math.exp(v - top));
  const sum = e.reduce((a, b) => a + b, 0);
  return e.map((v) => v / sum);
}

/** x - top is rounded to f32, which is worth |x - top| / 2 ulp of the result; the rest comes to less than 6 ulp. */
function expectClose(y: Float32Array, x: Float32Array): void {
  const top = topOf(x);
  reference(x).forEach((value, i) => {
    if (Number.isNaN(value)) expect(y[i]).toBeNaN();
    else {
      const distance = Math.min(Math.abs(x[i]! - top), 200);
      expect(Math.abs(y[i]! - value)).toBeLessThanOrEqual(2 ** -24 * (distance + 12) * value + 2 ** -149);
    }
  });
}

/** Runs one row on all machines of a class, in place, and checks that they agree to the bit. */
function runRow(x: Float32Array, fused: boolean): Float32Array {
  const results = machinesOf(fused).map((machine) => {
    const args = { x, xPitch: 0, y: x, yPitch: 0, n: x.length };
    return runKernel(softmax.build({}, machine.target), machine, args, { items: 1, misalign: 4 }).y;
  });
  expect(new Set(results.map(hash)).size).toBe(1);
  return results[0] as Float32Array;
}

describe.each([false, true])("softmax, fused %s", (fused) => {
  test.each(sizes)("rows of %i", (n) => {
    const random = createRandom(`softmax ${n}`);
    const x = Float32Array.from({ length: n }, () => random.uniform() * 20);
    expectClose(runRow(x, fused), x);
  });

  test.each(sizes)("the logarithm of rows of %i", (n) => {
    const random = createRandom(`log-softmax ${n}`);
    const x = Float32Array.from({ length: n }, () => random.uniform() * 20);
    const results = machinesOf(fused).map((machine) => {
      const kernel = softmax.build({ log: true }, machine.target);
      return runKernel(kernel, machine, { x, xPitch: 0, y: x, yPitch: 0, n }, { items: 1 }).y;
    });
    expect(new Set(results.map(hash)).size).toBe(1);
    reference(x).forEach((value, i) => {
      expect(Math.abs(results[0]![i]! - Math.log(value))).toBeLessThanOrEqual(
        2 ** -22 * (1 + Math.abs(Math.log(value))),
      );
    });
  });

  test.each([
    ["huge", [3e38, -3e38, 2.9e38, 3e38, 1]],
    ["subnormal", [1e-40, -1e-41, 0, 1e-45]],
    ["all zero", [0, -0, 0, 0, 0]],
    ["infinite", [Number.NEGATIVE_INFINITY, 0, 1, Number.NEGATIVE_INFINITY, -2]],
    ["all infinite", [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]],
    ["with Infinity", [1, Number.POSITIVE_INFINITY, 2]],
    ["with NaN first", [Number.NaN, 1, 2, 3, 4, 5]],
    ["with NaN last", [1, 2, 3, 4, 5, Number.NaN]],
  ])("%s", (_, values) => {
    const x = Float32Array.from(values);
    expectClose(runRow(x, fused), x);
  });
});
