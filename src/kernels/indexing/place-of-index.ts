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
