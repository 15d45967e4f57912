/** Replaces (re, im), each of the planned length, by its discrete Fourier transform Σ x[n]·e^(-2πi·kn/N), in f64. */
export type Fourier = (re: Float64Array, im: Float64Array) => void;

/** Plans transforms of `length`: by halving for powers of two, else as a convolution of a power of two (Bluestein). */
export function planFourier(length: number): Fourier {
  if (length <= 1) return () => undefined;
  return (length & (length - 1)) === 0 ? planPowerOfTwo(length) : planBluestein(length);
}

/** cos and -sin of 2π·i/n for i below `count`. */
function roots(count: number, n: number): { cos: Float64Array; sin: Float64Array } {
  const angle = (i: number) => (-2 * Math.PI * i) / n;
  return {
    cos: Float64Array.from({ length: count }, (_unused, i) => Math.cos(angle(i))),
    sin: Float64Array.from({ length: count }, (_unused, i) => Math.sin(angle(i))),
  };
}

function planPowerOfTwo(n: number): Fourier {
  const { cos, sin } = roots(n / 2, n);
  const reversed = new Uint32Array(n);
  for (let i = 1; i < n; i++) reversed[i] = (reversed[i >> 1]! >> 1) | (i & 1 ? n >> 1 : 0);
  return (re, im) => {
    for (let i = 0; i < n; i++) {
      const j = reversed[i]!;
      if (j <= i) continue;
      [re[i], re[j]] = [re[j]!, re[i]!];
      [im[i], im[j]] = [im[j]!, im[i]!];
    }
    for (let half = 1; half < n; half *= 2) {
      const step = n / (2 * half);
      for (let start = 0; start < n; start += 2 * half) {
        for (let k = 0; k < half; k++) {
          const [a, b, w] = [start + k, start + k + half, k * step];
          const x = re[b]! * cos[w]! - im[b]! * sin[w]!;
          const y = re[b]! * sin[w]! + im[b]! * cos[w]!;
          re[b] = re[a]! - x;
          im[b] = im[a]! - y;
          re[a] = re[a]! + x;
          im[a] = im[a]! + y;
        }
      }
    }
  };
}

/** With kn = (k² + n² - (k - n)²) / 2 the transform is a convolution with the chirp e^(πi·n²/N). */
function planBluestein(n: number): Fourier {
  const size = 2 ** Math.ceil(Math.log2(2 * n - 1));
  const transform = planPowerOfTwo(size);
  const { cos, sin } = roots(2 * n, 2 * n);
  // n² mod 2N keeps the angles small, and so exact.
  const turn = Uint32Array.from({ length: n }, (_unused, i) => Number((BigInt(i) * BigInt(i)) % BigInt(2 * n)));
  const [chirpRe, chirpIm] = [new Float64Array(size), new Float64Array(size)];
  for (let i = 0; i < n; i++) {
    chirpRe[i] = chirpRe[(size - i) % size] = cos[turn[i]!]!;
    chirpIm[i] = chirpIm[(size - i) % size] = -sin[turn[i]!]!;
  }
  transform(chirpRe, chirpIm);
  const [aRe, aIm] = [new Float64Array(size), new Float64Array(size)];
  return (re, im) => {
    aRe.fill(0);
    aIm.fill(0);
    for (let i = 0; i < n; i++) {
      const [c, s] = [cos[turn[i]!]!, sin[turn[i]!]!];
      aRe[i] = re[i]! * c - im[i]! * s;
      aIm[i] = re[i]! * s + im[i]! * c;
    }
    transform(aRe, aIm);
    for (let i = 0; i < size; i++) {
      const [x, y] = [aRe[i]!, aIm[i]!];
      // The product, conjugated, so that the forward transform takes it back.
      aRe[i] = x * chirpRe[i]! - y * chirpIm[i]!;
      aIm[i] = -(x * chirpIm[i]! + y * chirpRe[i]!);
    }
    transform(aRe, aIm);
    for (let i = 0; i < n; i++) {
      const [c, s, x, y] = [cos[turn[i]!]!, sin[turn[i]!]!, aRe[i]! / size, -aIm[i]! / size];
      re[i] = x * c - y * s;
      im[i] = x * s + y * c;
    }
  };
}
