import { describe, expect, test } from "vitest";
import { createRandom } from "../../tensor/random.ts";
import { hash } from "../testdata/hash.ts";
import { machinesOf } from "../testdata/machines.ts";
import { runKernel } from "../testdata/run-kernel.ts";
import { rmsNorm } from "./rms-norm.ts";

/** Arguments of the residual, which these kernels do not touch. */
const unused = { residual: 0, residualPitch: 0, sum: 0, sumPitch: 0 };
const sizes = [0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 61, 63, 64, 65, 127, 128, 251, 512, 4227];

function reference(x: Float32Array, scale: Float32Array, eps: number): Float64Array {
  let squares = 0;
  for (const v of x) squares += v * v;
  const s = 1 / Math.sqrt(squares / x.length + eps);
  return Float64Array.from(x, (v, i) => v * s * scale[i]!);
}

describe.each([false, true])("rms-norm, fused %s", (fused) => {
  test.each(sizes)("rows of %i", (n) => {
    const random = createRandom(`rms-norm ${n}`);
    const make = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.uniform() * 3);
    const pitch = n + 3;
    const [x, scale, y] = [make(2 * pitch), make(n), make(2 * pitch)];
    const args = { x, xPitch: pitch, scale, y, yPitch: pitch, n, eps: 1e-5, ...unused };
    const hashes = machinesOf(fused).map((machine) => {
      const kernel = rmsNorm.build({ scale: "f32" }, machine.target);
      const result = runKernel(kernel, machine, args, { items: 2, misalign: 4 });
      for (const row of [0, 1]) {
        const expected = reference(x.subarray(row * pitch, row * pitch + n), scale, 1e-5);
        expected.forEach((value, i) => {
          expect(Math.abs(result.y[row * pitch + i]! - value)).toBeLessThanOrEqual(4e-7 * Math.abs(value));
        });
      }
      expect(result.y.slice(n, pitch)).toEqual(y.slice(n, pitch));
      return hash(result.y);
    });
    expect(new Set(hashes).size).toBe(1);
  });
});
