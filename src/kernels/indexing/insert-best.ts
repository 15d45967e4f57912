import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { View } from "../../ir/view.ts";
import { eachPassing } from "./each-passing.ts";
import type { SortKey } from "./sort-key.ts";
import { noKey, sortKey } from "./sort-key.ts";

export interface BestOptions extends SortKey {
  /** Places in `keys` and `found`, a power of two of at least 16 that `count` does not pass. */
  readonly capacity: number;
  /** Whether elements of a line are side by side. */
  readonly dense: boolean;
}

/** A line of `length` elements of x from `begin` on, `inner` apart, of which the best `count` are wanted. */
export interface BestOfLine {
  readonly x: View;
  readonly begin: Node;
  readonly length: Node;
  readonly inner: Node;
  readonly count: Node;
  readonly keys: View;
  readonly found: View;
}

/**
 * Fills `found` with the places of the best elements of a line, best first, of equals the first one: each that is better than the last of
 * those so far is put among them.
 */
export function insertBest(k: Builder, options: BestOptions, line: BestOfLine): void {
  const { x, begin, length, inner, count, keys } = line;
  k.vectors(count, (i, part) => k.store(keys, i, noKey, part));
  const least = (): Node => k.loadScalar(keys, k.isub(count, 1));
  const take = (i: Node): void => {
    const key = sortKey(k, options, k.loadScalar(x, k.iadd(begin, k.imul(i, inner))));
    k.when(k.lt(least(), key), () => insert(k, options.capacity, line, { key, place: i }));
  };
  const passes = (elements: Node): Node => k.lt(k.splat(least(), "vec i32"), sortKey(k, options, elements));
  eachPassing(k, { line: k.viewAt(x, begin), length, dense: options.dense, passes, take });
}

/** Puts a key that is better than the last one behind those that are as good: the others move on by one, and the last one is lost. */
function insert(
  k: Builder,
  capacity: number,
  { keys, found, count }: BestOfLine,
  made: { readonly key: Node; readonly place: Node },
): void {
  let at = k.integer(0);
  for (let step = capacity / 2; step >= 1; step /= 2) {
    const last = k.imin(k.iadd(at, step - 1), k.isub(count, 1));
    at = k.select(k.lt(k.loadScalar(keys, last), made.key), at, k.iadd(at, step));
  }
  k.loop(at, k.isub(count, 1), 1, (step) => {
    const to = k.isub(k.iadd(at, k.isub(count, 1)), step);
    for (const list of [keys, found]) k.storeScalar(list, to, k.loadScalar(list, k.isub(to, 1)));
  });
  k.storeScalar(keys, at, made.key);
  k.storeScalar(found, at, made.place);
}
