const double = new Float64Array(1);
const words = new Int32Array(double.buffer);

/**
 * a · b + c on f32 values, rounded to f32 once. The product is exact in f64. Its sum with c is rounded to odd there,
 * which keeps what the second rounding needs to know (Boldo and Melquiond 2008).
 */
export function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  if (!Number.isFinite(sum)) return sum;
  const back = sum - product;
  const error = product - (sum - back) + (c - back);
  if (error === 0) return Math.fround(sum);
  double[0] = sum;
  if ((words[0]! & 1) === 0) {
    // Bits of f64 order as integers within a sign: one up goes away from zero.
    const up = error > 0 === sum > 0;
    if (up) words[0]! |= 1;
    else {
      if (words[0] === 0) words[1]! -= 1;
      words[0]! -= 1;
    }
  }
  return Math.fround(double[0]!);
}
