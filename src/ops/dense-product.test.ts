import { describe, expect, test } from "vitest";
import type { MatrixView } from "./dense-product.ts";
import { denseProduct, evenOffsets } from "./dense-product.ts";

const seed = 20240517;
/** Integers in [-8, 8): their products and sums are exact, so results must be equal, not close. */
function integers(count: number, salt: number): Float32Array {
  let state = seed + salt;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 28) - 8;
  });
}
const view = (data: MatrixView["data"], rows: number, columns: number, transposed = false): MatrixView => ({
  data,
  offset: 0,
  rows: evenOffsets(rows, transposed ? 1 : columns),
  columns: evenOffsets(columns, transposed ? rows : 1),
});
const context = { poll: () => undefined };
const sizes = [0, 1, 2, 3, 4, 5, 7, 33, 66];

describe(`denseProduct (seed ${seed})`, () => {
  test.each([false, true])("equals the definition at tile edges, b transposed: %s", (transposed) => {
    for (const m of sizes) {
      for (const n of sizes) {
        for (const k of [0, 1, 5, 70]) {
          const [a, b, bias] = [integers(m * k, 1), integers(k * n, 2), integers(m, 3)];
          const c = new Float32Array(m * n).fill(Number.NaN);
          const plus = { data: bias, offset: 0, rows: evenOffsets(m, 1), columns: evenOffsets(n, 0) };
          denseProduct(view(a, m, k), view(b, k, n, transposed), view(c, m, n), { plus, context });
          const expected = Float32Array.from({ length: m * n }, (_unused, at) => {
            const [i, j] = [Math.floor(at / n), at % n];
            let sum = bias[i]!;
            for (let p = 0; p < k; p++) sum += a[i * k + p]! * b[transposed ? j * k + p : p * n + j]!;
            return sum;
          });
          expect(c, `m ${m}, n ${n}, k ${k}`).toEqual(expected);
        }
      }
    }
  });

  test("packs rows in several blocks when k is long", () => {
    const [m, k, n] = [9, 70000, 3];
    const [a, b, c] = [integers(m * k, 4), integers(k * n, 5), new Float64Array(m * n)];
    denseProduct(view(a, m, k), view(b, k, n), view(c, m, n), { context });
    for (let at = 0; at < m * n; at++) {
      let sum = 0;
      for (let p = 0; p < k; p++) sum += a[Math.floor(at / n) * k + p]! * b[p * n + (at % n)]!;
      expect(c[at]).toBe(sum);
    }
  });

  test.each([
    [1, 1024, 8192],
    [64, 1024, 96],
  ])("stops in the midst of m %i, k %i, n %i when the run is cancelled", (m, k, n) => {
    const ones = (count: number) => new Float32Array(count).fill(1);
    const c = new Float32Array(m * n).fill(Number.NaN);
    let polls = 0;
    const poll = () => {
      if (++polls === 2) throw new Error("cancelled");
    };
    const product = () =>
      denseProduct(view(ones(m * k), m, k), view(ones(k * n), k, n), view(c, m, n), { context: { poll } });
    expect(product).toThrow("cancelled");
    expect([c[0], c[m * n - 1]]).toEqual([k, Number.NaN]);
  });

  test("sums in f64 and rounds once", () => {
    const c = new Float32Array(1);
    const [a, b] = [view(Float32Array.of(1, 2 ** -30, -1), 1, 3), view(Float32Array.of(1, 1, 1), 3, 1)];
    denseProduct(a, b, view(c, 1, 1), { context });
    expect(c[0]).toBe(2 ** -30);
  });
});
