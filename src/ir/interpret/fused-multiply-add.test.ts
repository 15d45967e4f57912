import { expect, test } from "vitest";
import { createRandom } from "../../tensor/random.ts";
import { fusedMultiplyAdd } from "./fused-multiply-add.ts";

/** An f32 as an integer multiple of 2^-149. */
function units(x: number): bigint {
  let [scaled, shift] = [x, 0];
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    shift++;
  }
  return BigInt(scaled) << BigInt(149 - shift);
}

/** The f32 nearest to `value` · 2^-298, ties to even, in integer arithmetic. */
function round(value: bigint): number {
  const magnitude = value < 0n ? -value : value;
  const excess = BigInt(Math.max(magnitude.toString(2).length - 24, 149));
  const half = 1n << (excess - 1n);
  const rest = magnitude & ((1n << excess) - 1n);
  let mantissa = magnitude >> excess;
  if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa++;
  const result = Math.fround(Number(mantissa) * 2 ** (Number(excess) - 298 + 149) * 2 ** -149);
  return value < 0n ? -result : result;
}

test("rounds once, as integer arithmetic does", () => {
  const random = createRandom("fma");
  const draw = (spread: number): number => {
    const exponent = random.int(-spread, spread);
    return Math.fround(random.uniform() * 2 ** exponent);
  };
  for (let i = 0; i < 20_000; i++) {
    const spread = [2, 12, 60][i % 3]!;
    const [a, b] = [draw(spread), draw(spread)];
    // A sum near the negative of the product cancels, and ties lie where c is half an ulp of it.
    const c = i % 2 === 0 ? draw(spread) : Math.fround(-a * b * (1 + random.int(-2, 3) * 2 ** -24));
    const exact = units(a) * units(b) + (units(c) << 149n);
    if (exact === 0n) continue;
    expect(fusedMultiplyAdd(a, b, c), `${a} * ${b} + ${c}`).toBe(round(exact));
  }
});

test("ties that a second rounding would break", () => {
  const ulp = 2 ** -23;
  expect(fusedMultiplyAdd(1 + ulp, 2 ** -24, 1)).toBe(1 + ulp);
  expect(fusedMultiplyAdd(1 - ulp / 2, 2 ** -24, 1)).toBe(1);
  expect(fusedMultiplyAdd(2 ** -100, 2 ** -100, 1 + ulp)).toBe(1 + ulp);
  expect(fusedMultiplyAdd(2 ** -75, 2 ** -75, 2 ** -149)).toBe(2 ** -148);
  expect(fusedMultiplyAdd(Number.POSITIVE_INFINITY, 0, 1)).toBeNaN();
  expect(fusedMultiplyAdd(2 ** 100, 2 ** 100, 1)).toBe(Number.POSITIVE_INFINITY);
  expect(fusedMultiplyAdd(-0, 1, -0)).toBe(-0);
});
