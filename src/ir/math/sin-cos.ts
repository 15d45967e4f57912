import type { Builder, Variable } from "../builder.ts";
import type { Node } from "../node.ts";
import { magic, magicBits } from "./exp.ts";
import { horner } from "./horner.ts";
import type { Reduced } from "./huge-angle.ts";
import { hugeAngle } from "./huge-angle.ts";

/** (sin r - r) / r³ by r² on |r| <= π/4, within 0.01 · 2^-24 of sin r. */
const sine = [2.832548489095643e-6, -0.00019853065896313637, 0.008333379402756691, -0.1666666716337204] as const;

/** (cos r - 1 + r²/2) / r⁴ by r² on |r| <= π/4, within 0.01 · 2^-24 of cos r. */
const cosine = [2.4432327336398885e-5, -0.0013887309469282627, 0.04166664555668831] as const;

/** π/2 in five parts. The first four have 8 bits, so that their products with integers up to 2^16 are exact. */
const [first, second, third, fourth, fifth] = [
  1.5703125, 0.0004825592041015625, 1.2665987014770508e-6, 9.89530235528946e-10, 2.5633440682570896e-12,
];

/** t - n · π/2, rounded once in all: what the third and fourth difference lose is kept and added at the end. */
function remainder(k: Builder, t: Node, n: Node): Node {
  const a = k.fma(n, -second, k.fma(n, -first, t));
  const b = k.fma(n, -third, a);
  const c = k.fma(n, -fourth, b);
  const lost = k.add(k.fma(n, -third, k.sub(a, b)), k.fma(n, -fourth, k.sub(b, c)));
  return k.add(c, k.fma(n, -fifth, lost));
}

interface Quadrant {
  /** The sine of the angle's distance to the nearest multiple of π/2, and its cosine. */
  readonly sine: Node;
  readonly cosine: Node;
  /** The number of that multiple. */
  readonly number: Node;
}

/** The greatest angle whose multiples of π/2 the short way takes off exactly. */
const mostNear = 100_000;

/** t >= 0 less the nearest multiple of π/2. Huge angles go a long way, which vectors without them skip. */
function reduced(k: Builder, t: Node): Reduced {
  const shifted = k.fma(t, 2 / Math.PI, magic);
  const near = remainder(k, t, k.sub(shifted, magic));
  const [rest, number] = [near, k.isub(k.bitsOf(shifted), magicBits)].map((value) => k.variable(value)) as [
    Variable,
    Variable,
  ];
  const isHuge = k.and(k.lt(mostNear, t), k.lt(t, Number.POSITIVE_INFINITY));
  k.when(k.any(isHuge), () => {
    const far = hugeAngle(k, t);
    rest.set(k.select(isHuge, far.rest, rest.get()));
    number.set(k.select(isHuge, far.number, number.get()));
  });
  return { rest: rest.get(), number: number.get() };
}

function quadrantOf(k: Builder, t: Node): Quadrant {
  const { rest: r, number } = reduced(k, t);
  const square = k.mul(r, r);
  return {
    sine: k.fma(k.mul(r, square), horner(k, square, sine), r),
    cosine: k.fma(k.mul(square, square), horner(k, square, cosine), k.fma(square, -0.5, 1)),
    number,
  };
}

/** A value whose sign changes where the second bit of `number` is set. */
function signed(k: Builder, value: Node, number: Node): Node {
  return k.fromBits(k.xor(k.bitsOf(value), k.shl(k.and(number, 2), 30)));
}

/** sin x within 2 ulp. */
export function sin(k: Builder, x: Node): Node {
  const { sine, cosine, number } = quadrantOf(k, k.abs(x));
  const value = signed(k, k.select(k.eq(k.and(number, 1), 0), sine, cosine), number);
  return k.fromBits(k.xor(k.bitsOf(value), k.and(k.bitsOf(x), -0x80000000)));
}

/** cos x within 2 ulp. */
export function cos(k: Builder, x: Node): Node {
  const { sine, cosine, number } = quadrantOf(k, k.abs(x));
  return signed(k, k.select(k.eq(k.and(number, 1), 0), cosine, sine), k.iadd(number, 1));
}
