/**
 * MT19937 of M. Matsumoto and T. Nishimura, "Mersenne Twister: a 623-dimensionally equidistributed uniform pseudorandom number
 * generator" (1998), and the distributions that numpy's RandomState draws from it, which the ONNX reference uses.
 */
export interface RandomSource {
  /** A number in [0, 1), of 53 random bits. */
  uniform(): number;
  /** A number of mean 0 and variance 1, by Marsaglia's polar method. */
  normal(): number;
}

const [size, offset] = [624, 397];

/** A source seeded by an integer, as numpy.random.RandomState(seed) is; without a seed, by chance. */
export function randomSource(seed: number | undefined): RandomSource {
  const next = mersenneTwister(seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Math.trunc(seed) >>> 0);
  const uniform = () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
  let spare: number | undefined;
  const normal = (): number => {
    if (spare !== undefined) {
      const held = spare;
      spare = undefined;
      return held;
    }
    const [x, y, squared] = pointInCircle(uniform);
    const scale = Math.sqrt((-2 * Math.log(squared)) / squared);
    spare = scale * x;
    return scale * y;
  };
  return { uniform, normal };
}

/** A point inside the unit circle, not its centre, and its squared distance from there. */
function pointInCircle(uniform: () => number): [x: number, y: number, squared: number] {
  for (;;) {
    const [x, y] = [2 * uniform() - 1, 2 * uniform() - 1];
    const squared = x * x + y * y;
    if (squared < 1 && squared !== 0) return [x, y, squared];
  }
}

/** The 32-bit outputs of the generator, as signed integers. */
function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(size);
  state[0] = seed;
  for (let i = 1; i < size; i++) {
    const before = state[i - 1]!;
    state[i] = Math.imul(1812433253, before ^ (before >>> 30)) + i;
  }
  let at = size;
  return () => {
    if (at === size) {
      twist(state);
      at = 0;
    }
    let bits = state[at++]!;
    bits ^= bits >>> 11;
    bits ^= (bits << 7) & 0x9d2c5680;
    bits ^= (bits << 15) & 0xefc60000;
    return bits ^ (bits >>> 18);
  };
}

function twist(state: Uint32Array): void {
  for (let i = 0; i < size; i++) {
    const mixed = (state[i]! & 0x80000000) | (state[(i + 1) % size]! & 0x7fffffff);
    state[i] = state[(i + offset) % size]! ^ (mixed >>> 1) ^ ((mixed & 1) * 0x9908b0df);
  }
}
