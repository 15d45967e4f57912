import { foldWidth } from "../legalize/fold-elements.ts";
import type { Lanes } from "./lanes.ts";

interface FoldOf {
  readonly n: number;
  readonly start: Lanes;
  /** The accumulator after `count` elements from `i` on. */
  readonly next: (acc: Lanes, i: number, count: number) => Lanes;
  readonly combine: (a: number, b: number) => number;
}

/** A fold by its definition: element i goes to accumulator i mod 64, then the halves are combined. */
export function foldLanes({ n, start, next, combine }: FoldOf): number {
  const lanes = start.length;
  if (foldWidth % lanes !== 0) throw new RangeError(`A fold of ${foldWidth} cannot be run on ${lanes} lanes.`);
  const accumulators = Array.from({ length: foldWidth / lanes }, () => start);
  for (let i = 0; i < n; i += lanes) {
    const at = (i % foldWidth) / lanes;
    const count = Math.min(lanes, n - i);
    const before = accumulators[at] as Lanes;
    const after = next(before, i, count).slice();
    if (count < lanes) after.set(before.subarray(count), count);
    accumulators[at] = after;
  }
  const all = start.length === foldWidth ? (accumulators[0] as Lanes).slice() : concat(accumulators);
  for (let half = foldWidth / 2; half >= 1; half /= 2) {
    for (let i = 0; i < half; i++) all[i] = combine(all[i]!, all[i + half]!);
  }
  return all[0]!;
}

function concat(parts: readonly Lanes[]): Lanes {
  const [first] = parts as [Lanes];
  const all = first instanceof Float32Array ? new Float32Array(foldWidth) : new Int32Array(foldWidth);
  parts.forEach((part, i) => void all.set(part, i * first.length));
  return all;
}
