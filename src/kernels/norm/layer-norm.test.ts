import { describe, expect, test } from "vitest";
import { createRandom } from "../../tensor/random.ts";
import { hash } from "../testdata/hash.ts";
import { machinesOf } from "../testdata/machines.ts";
import { runKernel } from "../testdata/run-kernel.ts";
import { layerNorm } from "./layer-norm.ts";

const sizes = [0, 1, 3, 4, 5, 8, 9, 17, 63, 64, 65, 127, 768];

function reference(x: Float32Array, scale: Float32Array, bias: Float32Array, eps: number): Float64Array {
  const mean = x.reduce((a, b) => a + b, 0) / x.length;
  const variance = x.reduce((a, b) => a + (b - mean) ** 2, 0) / x.length;
  return Float64Array.from(x, (v, i) => ((v - mean) / Math.sqrt(variance + eps)) * scale[i]! + bias[i]!);
}

describe.each([false, true])("layer-norm, fused %s", (fused) => {
  test.each(sizes)("rows of %i around a mean of 10", (n) => {
    const random = createRandom(`layer-norm ${n}`);
    const make = (count: number, offset: number): Float32Array =>
      Float32Array.from({ length: count }, () => random.uniform() + offset);
    const pitch = n + 1;
    const [x, scale, bias] = [make(3 * pitch, 10), make(n, 0), make(n, 0)];
    const args = { x, xPitch: pitch, scale, bias, y: new Float32Array(3 * n), yPitch: n, n, eps: 1e-3 };
    const hashes = machinesOf(fused).map((machine) => {
      const { y } = runKernel(layerNorm.build({}, machine.target), machine, args, { items: 3, misalign: 4 });
      for (const row of [0, 1, 2]) {
        const expected = reference(x.subarray(row * pitch, row * pitch + n), scale, bias, 1e-3);
        expected.forEach((value, i) => void expect(y[row * n + i]).toBeCloseTo(value, 4));
      }
      return hash(y);
    });
    expect(new Set(hashes).size).toBe(1);
  });

  test("without a bias", () => {
    const [x, scale] = [Float32Array.of(1, 2, 3, 4, 5), new Float32Array(5).fill(2)];
    const args = { x, xPitch: 5, scale, bias: 0, y: new Float32Array(5), yPitch: 5, n: 5, eps: 0 };
    for (const machine of machinesOf(fused)) {
      const { y } = runKernel(layerNorm.build({ bias: false }, machine.target), machine, args, { items: 1 });
      reference(x, scale, new Float32Array(5), 0).forEach((value, i) => void expect(y[i]).toBeCloseTo(value, 5));
    }
  });
});
