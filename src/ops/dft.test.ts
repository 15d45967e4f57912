import { describe, expect, test } from "vitest";
import { constant, input } from "../graph/leaves.ts";
import { formatType, tensorType } from "../graph/type.ts";
import { symbol } from "../tensor/dim.ts";
import { scalar } from "../tensor/numbers.ts";
import { cosineWindow } from "./cosine-window.ts";
import { dft } from "./dft.ts";
import { stft } from "./stft.ts";
import { constantOf, elements, seededIntegers } from "./testing.ts";

const seed = 90125;
const int = (value: number) => constant(scalar("i64", value));

/** Σ x[n]·e^(∓2πi·kn/N), summed as written; pairs (re, im). */
function definition(x: readonly number[], n: number, inverse: boolean): number[] {
  return Array.from({ length: n }, (_unused, k) => {
    let [re, im] = [0, 0];
    for (let i = 0; i < Math.min(n, x.length / 2); i++) {
      const angle = ((inverse ? 2 : -2) * Math.PI * ((i * k) % n)) / n;
      re += x[2 * i]! * Math.cos(angle) - x[2 * i + 1]! * Math.sin(angle);
      im += x[2 * i]! * Math.sin(angle) + x[2 * i + 1]! * Math.cos(angle);
    }
    return inverse ? [re / n, im / n] : [re, im];
  }).flat();
}
const expectClose = (actual: readonly number[], expected: readonly number[]): void => {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 9);
  });
};

describe(`dft (seed ${seed})`, () => {
  const next = seededIntegers(seed);
  const signal = (count: number) => Array.from({ length: count }, () => next(-50, 50) / 10);

  test.each([1, 2, 3, 4, 5, 7, 8, 12, 16, 31, 64, 100])("of length %i equals the definition", (n) => {
    const x = signal(2 * n);
    const value = constantOf("f64", [1, n, 2], x);
    expectClose(elements(dft(value, undefined, int(1))), definition(x, n, false));
    expectClose(elements(dft(value, undefined, int(-2), { inverse: true })), definition(x, n, true));
  });

  test("cuts and fills with zeros, along any axis", () => {
    const x = signal(12);
    const value = constantOf("f64", [6, 1, 2], x);
    expectClose(elements(dft(value, int(4), int(0))), definition(x.slice(0, 8), 4, false));
    expectClose(elements(dft(value, int(9), int(0))), definition(x, 9, false));
  });

  test.each([6, 7])("a one-sided inverse of length %i gives the real signal back", (n) => {
    const x = signal(n);
    const half = dft(constantOf("f64", [1, n, 1], x), undefined, int(1), { onesided: true });
    expect(formatType(half.type)).toBe(`f64[1,${Math.floor(n / 2) + 1},2]`);
    expectClose(elements(dft(half, int(n), int(1), { onesided: true, inverse: true })), x);
  });

  test("sizes may be symbolic", () => {
    const x = input("x", tensorType("f32", [2, symbol("T"), 1]));
    expect(formatType(dft(x, undefined, int(1), { onesided: true }).type)).toBe("f32[2,floor(T/2)+1,2]");
    const frames = stft(x, int(4), undefined, int(8), { onesided: true });
    expect(formatType(frames.type)).toBe("f32[2,floor(T/4)-1,5,2]");
  });
});

test("stft transforms windowed frames", () => {
  const x = Array.from({ length: 10 }, (_unused, i) => i - 4);
  const window = cosineWindow(int(4), { coefficients: [0.5, 0.5], periodic: true, dtype: "f64" });
  // numpy.fft.rfft(x[s:s+4] * [0, .5, 1, .5]) for s = 0, 3, 6
  expectClose(
    elements(stft(constantOf("f64", [1, 10, 1], x), int(3), window, undefined, { onesided: true })),
    [-4, 0, 2, 1, 0, 0, 2, 0, -1, 1, 0, 0, 8, 0, -4, 1, 0, 0],
  );
});

test("windows equal scipy.signal.get_window and numpy.hamming", () => {
  const hann = cosineWindow(int(5), { coefficients: [0.5, 0.5], periodic: true, dtype: "f64" });
  expectClose(elements(hann), [0, 0.34549150281252633, 0.9045084971874737, 0.9045084971874737, 0.3454915028125263]);
  const hamming = cosineWindow(int(5), { coefficients: [0.54, 0.46], periodic: false, dtype: "f64" });
  expectClose(elements(hamming), [0.08, 0.54, 1, 0.54, 0.08]);
});
