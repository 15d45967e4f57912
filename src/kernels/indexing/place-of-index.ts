import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { View } from "../../ir/view.ts";

/** Indices in memory: i32, or i64 as pairs of words. */
export interface IndexForm {
  /** Indices that name a place together, one an axis. */
  readonly depth: number;
  /** Whether they are i64. */
  readonly wide: boolean;
  /** Whether they may be out of range. */
  readonly checked: boolean;
  /** Whether those below 0 count from the end; else they are out of range. */
  readonly fromEnd: boolean;
}

/** The indices and what they count in: `limits` entries along each axis, `strides` bytes apart. */
export interface IndexPlace {
  readonly indices: View;
  readonly limits: readonly Node[];
  readonly strides: readonly Node[];
}

/** The names of the argument words of limits and strides. */
export const indexNames = (depth: number): string[] =>
  Array.from({ length: depth }, (_, d) => [`limit${d}`, `stride${d}`]).flat();

/**
 * The bytes that the tuple of indices number `at` is beyond the first entry. Where one is out of range
 * the nearest entry is taken, and `outside` is not 0.
 */
export function placeOfIndex(
  k: Builder,
  { depth, wide, checked, fromEnd }: IndexForm,
  { indices, limits, strides }: IndexPlace,
  at: Node,
): { readonly bytes: Node; readonly outside: Node } {
  let [bytes, outside] = [k.integer(0), k.integer(0)];
  for (let d = 0; d < depth; d++) {
    const number = k.imul(k.iadd(k.imul(at, depth), d), wide ? 2 : 1);
    const limit = limits[d] as Node;
    const low = k.loadScalar(indices, number);
    const counted = fromEnd ? k.select(k.lt(low, 0), k.iadd(low, limit), low) : low;
    let index = counted;
    if (checked) {
      index = k.imin(k.imax(counted, 0), k.isub(limit, 1));
      outside = k.or(outside, k.xor(index, counted));
      if (wide) outside = k.or(outside, k.xor(k.loadScalar(indices, k.iadd(number, 1)), k.sar(low, 31)));
    }
    bytes = k.iadd(bytes, k.imul(index, strides[d] as Node));
  }
  return { bytes, outside };
}

/** The same of four single indices from number `at` on; `outside` is a quad. */
export function placesOfFour(
  k: Builder,
  { wide, checked, fromEnd }: IndexForm,
  { indices, limits, strides }: IndexPlace,
  at: Node,
): { readonly bytes: readonly Node[]; readonly outside: Node } {
  const four = (value: Node): Node => k.splat(value, "quad i32");
  const [limit, stride] = [limits[0] as Node, strides[0] as Node];
  const { low, high } = wide ? fourWide(k, indices, at) : { low: k.loadQuad(indices, at), high: undefined };
  const sign = k.sar(low, 31);
  const counted = fromEnd ? k.iadd(low, k.and(four(limit), sign)) : low;
  let [index, outside] = [counted, k.constant(0, "quad i32")];
  if (checked) {
    index = k.imin(k.imax(counted, 0), four(k.isub(limit, 1)));
    outside = k.xor(index, counted);
    if (high) outside = k.or(outside, k.xor(high, sign));
  }
  const bytes = k.imul(index, four(stride));
  return { bytes: [0, 1, 2, 3].map((lane) => k.extract(bytes, lane)), outside };
}

/** The lower and the upper words of four i64 at number `at`. */
function fourWide(k: Builder, indices: View, at: Node): { readonly low: Node; readonly high: Node } {
  const first = k.imul(at, 2);
  const [a, b] = [k.loadQuad(indices, first), k.loadQuad(indices, k.iadd(first, 4))];
  return { low: k.shuffle(a, b, [0, 2, 4, 6]), high: k.shuffle(a, b, [1, 3, 5, 7]) };
}
