import { describe, expect, test } from "vitest";
import { createRandom } from "../../tensor/random.ts";
import { hash } from "../testdata/hash.ts";
import { machinesOf } from "../testdata/machines.ts";
import { runKernel } from "../testdata/run-kernel.ts";
import { reduceColumns } from "./reduce-columns.ts";
import { reduceRows } from "./reduce-rows.ts";
import type { ReductionName } from "./reductions.ts";
import { reductions } from "./reductions.ts";

const sum = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0);

const exact: Readonly<Record<ReductionName, (x: readonly number[]) => number>> = {
  sum,
  mean: (x) => sum(x) / x.length,
  prod: (x) => x.reduce((a, b) => a * b, 1),
  max: (x) => Math.max(...x),
  min: (x) => Math.min(...x),
  sumSquare: (x) => sum(x.map((v) => v * v)),
  l1: (x) => sum(x.map(Math.abs)),
  l2: (x) => Math.sqrt(sum(x.map((v) => v * v))),
  logSum: (x) => Math.log(sum(x)),
};

const names = Object.keys(reductions) as ReductionName[];

/** Values near 1, so that products stay in range. */
const values = (count: number, seed: string): Float32Array => {
  const random = createRandom(seed);
  return Float32Array.from({ length: count }, () => 1 + random.uniform() / 4);
};

function expectClose(actual: number, expected: number): void {
  if (Number.isFinite(expected))
    expect(Math.abs(actual - expected)).toBeLessThanOrEqual(2e-6 * (1 + Math.abs(expected)));
  else expect(actual).toBe(expected);
}

describe.each([false, true])("fused %s", (fused) => {
  test.each(names)("reduce-rows %s", (reduction) => {
    for (const n of [0, 1, 3, 4, 5, 63, 64, 65, 131]) {
      const x = values(2 * n, `rows ${reduction} ${n}`);
      const hashes = machinesOf(fused).map((machine) => {
        const kernel = reduceRows.build({ reduction }, machine.target);
        const args = { x, xPitch: n, y: new Float32Array(2), n };
        const { y } = runKernel(kernel, machine, args, { items: 2, misalign: 4 });
        for (const r of [0, 1]) expectClose(y[r]!, exact[reduction]([...x.subarray(r * n, r * n + n)]));
        return hash(y);
      });
      expect(new Set(hashes).size).toBe(1);
    }
  });

  test.each(names)("reduce-columns %s", (reduction) => {
    for (const [count, n] of [
      [0, 3],
      [1, 5],
      [3, 4],
      [4, 1],
      [7, 13],
      [9, 67],
    ] as const) {
      const [outer, block] = [2, 64];
      const x = values(outer * count * n, `columns ${reduction} ${count} ${n}`);
      const hashes = machinesOf(fused).map((machine) => {
        const blocks = Math.ceil(n / block);
        const strides = { xStride0: count * n, xStride1: n, yStride0: n };
        const args = { x, y: new Float32Array(outer * n), ...strides, count, n, blocks, block };
        const kernel = reduceColumns.build({ reduction }, machine.target);
        const { y } = runKernel(kernel, machine, args, { items: outer * blocks });
        y.forEach((value, at) => {
          const [o, i] = [Math.floor(at / n), at % n];
          expectClose(value, exact[reduction](Array.from({ length: count }, (_, p) => x[(o * count + p) * n + i]!)));
        });
        return hash(y);
      });
      expect(new Set(hashes).size).toBe(1);
    }
  });

  test.each(["max", "min"] as const)("%s of a row with a NaN is NaN, and -0 is below 0", (reduction) => {
    for (const machine of machinesOf(fused)) {
      const kernel = reduceRows.build({ reduction }, machine.target);
      const run = (x: Float32Array): number => {
        const args = { x, xPitch: 0, y: new Float32Array(1), n: x.length };
        return runKernel(kernel, machine, args, { items: 1 }).y[0]!;
      };
      expect(run(Float32Array.of(1, 2, Number.NaN, 3, 4))).toBeNaN();
      expect(run(new Float32Array(70).map((_, i) => (i === 69 ? Number.NaN : i)))).toBeNaN();
      expect(run(Float32Array.of(0, -0))).toBe(reduction === "max" ? 0 : -0);
    }
  });
});
