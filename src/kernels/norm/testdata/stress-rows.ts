import { createRandom } from "../../../tensor/random.ts";

/** A row to normalise: what is in it, the scale, and epsilon. */
export interface StressRow {
  readonly what: string;
  readonly x: Float32Array;
  readonly scale: Float32Array;
  readonly eps: number;
}

const hidden = [768, 1024, 1536, 2048, 3072, 4096, 5120, 8192];
const residues = [0, 1, 3, 7, 15];
const epsilons = [0, 1e-12, 1e-8, 1e-6, 1e-5, 1e-3, 1, 100];

/**
 * Rows of every size up to 32, of the sizes of models with five tails each, of what is awkward (zeros, equal elements, large mixed signs, mostly
 * subnormal, NaN and infinities anywhere), of each epsilon, long ones, and of random sizes.
 */
export function stressRows(seed: number, randomSizes: number): StressRow[] {
  const random = createRandom(seed);
  const make = (n: number, magnitude = 3): Float32Array =>
    Float32Array.from({ length: n }, () => random.uniform() * magnitude);
  const row = (what: string, x: Float32Array, eps = 1e-5): StressRow => ({ what, x, scale: make(x.length, 2), eps });
  const spoilt = (n: number, value: number): Float32Array => {
    const x = make(n);
    x[random.int(0, n)] = value;
    return x;
  };
  const sizes = [
    ...Array.from({ length: 33 }, (_, n) => n),
    ...hidden.flatMap((n) => residues.map((residue) => n + residue)),
    ...[10_007, 16_384, 32_767, 32_768],
    ...Array.from({ length: randomSizes }, () => random.int(1, 8193)),
  ];
  return [
    ...sizes.map((n) => row(`${n} elements`, make(n))),
    ...[5, 64, 200, 1029].flatMap((n) => [
      row(`${n} zeros`, new Float32Array(n)),
      row(`${n} zeros, epsilon 0`, new Float32Array(n), 0),
      row(`${n} equal elements`, new Float32Array(n).fill(-1.7)),
      row(`${n} large elements`, make(n, 1e18)),
      row(`${n} elements whose squares overflow`, make(n, 3e38)),
      row(
        `${n} elements, most subnormal`,
        Float32Array.from(make(n), (v, i) => (i % 9 === 0 ? v * 1e-20 : v * 1e-41)),
      ),
      ...[Number.NaN, Infinity, -Infinity].map((value) => row(`${value} among ${n}`, spoilt(n, value))),
    ]),
    ...epsilons.flatMap((eps) => [37, 768].map((n) => row(`${n} elements, epsilon ${eps}`, make(n), eps))),
  ];
}

/** The formula in f64, of the squares that f32 can hold. */
export function referenceRow({ x, scale, eps }: StressRow): Float64Array {
  let squares = 0;
  for (const v of x) squares += v * v;
  const factor = 1 / Math.sqrt(squares / x.length + Math.fround(eps));
  return Float64Array.from(x, (v, i) => v * factor * (scale[i] as number));
}

/**
 * How far the result may be from the f64 formula, in ulp of f32: the sum of squares is 64 chains and 6 steps, of whose error the root takes half; then a
 * quotient by n, a sum, a root, a quotient and two products.
 */
export function boundInUlp({ x }: StressRow): number {
  return (x.length / 64 + 6) / 2 + 6;
}

/** Whether f32 holds the squares and their sum, so that the bound says something. */
export function isWithinRange({ x, eps }: StressRow): boolean {
  const most = x.reduce((a, v) => Math.max(a, Math.abs(v)), 0);
  const isTiny = x.some((v) => v !== 0 && Math.abs(v) < 1e-18);
  return (
    x.every(Number.isFinite) && most ** 2 * x.length < 1e38 && (eps > 0 || most > 1e-15) && !(isTiny && eps < 1e-6)
  );
}
