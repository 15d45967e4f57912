import { size, vector } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { View } from "../../ir/view.ts";
import { eachPassing } from "./each-passing.ts";
import type { BestOptions } from "./insert-best.ts";
import { insertBest } from "./insert-best.ts";
import type { SortKey } from "./sort-key.ts";
import { noKey, sortKey } from "./sort-key.ts";

export type TopKSieve = Omit<BestOptions, "dense">;

/** Elements are dealt into so many groups, whose best ones tell how good an element must be. */
const groupsOf = ({ capacity }: TopKSieve): number => Math.max(64, 2 * capacity);

/** Elements that may pass the sieve. */
const candidatesOf = ({ capacity }: TopKSieve): number => Math.max(128, 4 * capacity);

/** The shortest line that pays, for `capacity` places. */
export const leastLength = (capacity: number): number => 4 * groupsOf({ capacity, storage: "f32", largest: true });

interface Line extends Candidates {
  readonly row: View;
  readonly length: Node;
  readonly count: Node;
}

/** The elements that passed, by their order in the line. */
interface Candidates {
  readonly keys: View;
  readonly found: View;
}

/**
 * What `topK` gives, for long lines of elements side by side. An element that is not as good as the `count`-th best of the groups' best is none of
 * the best `count`: of the others, few on most lines, each comes where as many are better as stand before it. Lines of many equals are done
 * as `topK` does.
 */
export const topKSieve = kernel("top-k-sieve", (options: TopKSieve) => ({
  signature: {
    x: vector(options.storage),
    values: vector(options.storage),
    places: vector("i32"),
    length: size(),
    count: size(),
  },
  build(k, { x, values, places, length, count }) {
    const most = candidatesOf(options);
    const maxima = k.scratch(groupsOf(options), "i32");
    const [keys, found, ranks] = [k.scratch(most + 1, "i32"), k.scratch(most + 1, "i32"), k.scratch(most, "i32")];
    k.items((item) => {
      const row = k.viewAt(x, k.imul(item, length));
      const line: Line = { row, length, count, keys, found };
      const passed = sieve(k, options, line, barOf(k, options, line, maxima));
      const store = (rank: Node, place: Node): void => {
        const at = k.iadd(k.imul(item, count), rank);
        k.storeScalar(values, at, k.loadScalar(row, place));
        k.storeScalar(places, k.imul(at, 2), place);
        k.storeScalar(places, k.iadd(k.imul(at, 2), 1), 0);
      };
      k.when(k.le(passed, most), () => {
        rankAll(k, line, passed, ranks);
        k.loop(0, passed, 1, (j) => {
          const rank = k.loadScalar(ranks, j);
          k.when(k.lt(rank, count), () => store(rank, k.loadScalar(found, j)));
        });
      });
      k.when(k.lt(most, passed), () => {
        const begin = k.integer(0);
        insertBest(k, { ...options, dense: true }, { ...line, x: row, begin, inner: k.integer(1) });
        k.loop(0, count, 1, (j) => store(j, k.loadScalar(found, j)));
      });
    });
  },
}));

/** The `count`-th greatest of the groups' greatest keys: bit by bit, the greatest number that as many reach. */
function barOf(k: Builder, options: TopKSieve, { row, length, count }: Line, maxima: View): Node {
  const groups = groupsOf(options);
  k.vectors(groups, (i, part) => k.store(maxima, i, noKey, part));
  k.loop(0, k.imul(k.idiv(length, groups), groups), groups, (first) =>
    k.vectors(groups, (i, part) => {
      const key = sortKey(k, options, k.load(row, k.iadd(first, i), part));
      k.store(maxima, i, k.imax(key, k.load(maxima, i, part)), part);
    }),
  );
  const bar = k.variable(k.integer(noKey));
  k.loop(0, 32, 1, (step) => {
    const trial = k.iadd(bar.get(), k.shl(k.integer(1), k.isub(31, step)));
    const reach = k.fold(groups, {
      init: 0,
      combine: "add",
      step: (acc, i, part) =>
        k.add(acc, k.select(k.le(k.splat(trial, "vec i32"), k.load(maxima, i, part)), k.splat(1), 0)),
    });
    bar.set(k.select(k.le(count, k.toI32(reach)), trial, bar.get()));
  });
  return bar.get();
}

/** Notes the elements whose key reaches the bar, as many as there is room for, and gives how many they are. */
function sieve(k: Builder, options: TopKSieve, { row, length, keys, found }: Line, bar: Node): Node {
  const room = candidatesOf(options);
  const passed = k.variable(k.integer(0));
  const take = (i: Node): void => {
    const key = keyAt(k, options, row, i);
    const at = k.imin(passed.get(), room);
    k.storeScalar(keys, at, key);
    k.storeScalar(found, at, i);
    passed.set(k.iadd(passed.get(), k.le(bar, key)));
  };
  const passes = (elements: Node): Node => k.le(k.splat(bar, "vec i32"), sortKey(k, options, elements));
  eachPassing(k, { line: row, length, dense: true, passes, take });
  return passed.get();
}

const keyAt = (k: Builder, options: SortKey, row: View, i: Node): Node => sortKey(k, options, k.loadScalar(row, i));

/** How many of the candidates come before each: those with a greater key, and of equals those before it in the line. */
function rankAll(k: Builder, { keys }: Candidates, passed: Node, ranks: View): void {
  k.vectors(passed, (i, part) => {
    const key = k.load(keys, i, part);
    const number = k.iadd(k.splat(i, "vec i32"), k.iota());
    const rank = k.variable(k.constant(0, "vec i32"));
    k.loop(0, passed, 1, (j) => {
      const isBefore = k.lt(k.splat(j, "vec i32"), number);
      const least = k.isub(key, k.select(isBefore, k.constant(1, "vec i32"), 0));
      rank.set(k.iadd(rank.get(), k.select(k.lt(least, k.loadSplat(keys, j)), k.constant(1, "vec i32"), 0)));
    });
    k.store(ranks, i, rank.get(), part);
  });
}
