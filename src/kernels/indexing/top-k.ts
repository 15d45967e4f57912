import { size, vector } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import type { View } from "../../ir/view.ts";

export interface TopK {
  /** Of elements that f32 holds exactly. */
  readonly storage: Storage;
  readonly largest: boolean;
  /** Places in scratch, at least k. */
  readonly capacity: number;
  /** Whether elements of a line are side by side. */
  readonly dense: boolean;
}

/** Above the bits of infinity: NaN is the greatest. */
const nanKey = 0x7f800001;

/** An i32 that sorts as the element does: greater ones first come first. */
function sortKey(k: Builder, { storage, largest }: TopK, value: Node): Node {
  const isFloat = storage.startsWith("f") || storage === "bf16";
  const x = k.add(isFloat ? value : k.toF32(value), 0);
  const bits = k.bitsOf(x);
  const ordered = k.xor(bits, k.and(k.sar(bits, 31), 0x7fffffff));
  const key = k.select(k.isNan(x), nanKey, ordered);
  return largest ? key : k.xor(key, -1);
}

/**
 * The `count` greatest or least elements of each line, best first, of equals the first one: values and places as i64. Elements of a line are
 * `inner` apart; an item is a line. Those found so far are kept in order, and a better one is put among them.
 */
export const topK = kernel("top-k", (options: TopK) => ({
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
      const element = (i: Node): Node => k.loadScalar(x, k.iadd(begin, k.imul(i, inner)));
      k.vectors(count, (i, part) => k.store(keys, i, -0x80000000, part));
      const least = (): Node => k.loadScalar(keys, k.isub(count, 1));
      const take = (i: Node): void => {
        const key = sortKey(k, options, element(i));
        k.when(k.lt(least(), key), () => insert(k, options.capacity, { keys, found, count }, { key, place: i }));
      };
      const { lanes } = k;
      const whole = options.dense ? k.imul(k.idiv(length, lanes), lanes) : k.integer(0);
      k.loop(0, whole, lanes, (i) => {
        const better = k.lt(k.splat(least(), "vec i32"), sortKey(k, options, k.load(x, k.iadd(begin, i))));
        k.when(k.any(better), () => k.loop(i, k.iadd(i, lanes), 1, take));
      });
      k.loop(whole, length, 1, take);
      const to = k.iadd(k.imul(k.imul(outer, count), inner), rest);
      k.loop(0, count, 1, (j) => {
        const [at, place] = [k.iadd(to, k.imul(j, inner)), k.loadScalar(found, j)];
        k.storeScalar(values, at, element(place));
        k.storeScalar(places, k.imul(at, 2), place);
        k.storeScalar(places, k.iadd(k.imul(at, 2), 1), 0);
      });
    });
  },
}));

interface Best {
  readonly keys: View;
  readonly found: View;
  readonly count: Node;
}

/** Puts a key that is better than the last one behind those that are as good: the others move on by one, and the last one is lost. */
function insert(
  k: Builder,
  capacity: number,
  { keys, found, count }: Best,
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
