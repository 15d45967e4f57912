import { size, vector } from "../../ir/arguments.ts";
import { kernel } from "../../ir/kernel.ts";
import type { BestOptions } from "./insert-best.ts";
import { insertBest } from "./insert-best.ts";

/**
 * The `count` greatest or least elements of each line, best first, of equals the first one: values and places as i64. Elements of a line are
 * `inner` apart; an item is a line.
 */
export const topK = kernel("top-k", (options: BestOptions) => ({
  signature: {
    x: vector(options.storage),
    values: vector(options.storage),
    places: vector("i32"),
    length: size(),
    inner: size(),
    count: size(),
  },
  build(k, { x, values, places, length, inner, count }) {
    const keys = k.scratch(options.capacity, "i32");
    const found = k.scratch(options.capacity, "i32");
    k.items((line) => {
      const [outer, rest] = [k.idiv(line, inner), k.irem(line, inner)];
      const begin = k.iadd(k.imul(k.imul(outer, length), inner), rest);
      insertBest(k, options, { x, begin, length, inner, count, keys, found });
      const to = k.iadd(k.imul(k.imul(outer, count), inner), rest);
      k.loop(0, count, 1, (j) => {
        const [at, place] = [k.iadd(to, k.imul(j, inner)), k.loadScalar(found, j)];
        k.storeScalar(values, at, k.loadScalar(x, k.iadd(begin, k.imul(place, inner))));
        k.storeScalar(places, k.imul(at, 2), place);
        k.storeScalar(places, k.iadd(k.imul(at, 2), 1), 0);
      });
    });
  },
}));
