import { size, vector } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";

export interface TopK {
  /** Of elements that f32 holds exactly. */
  readonly storage: Storage;
  readonly largest: boolean;
  /** Places in scratch, at least k. */
  readonly capacity: number;
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
      k.loop(0, length, 1, (i) => {
        const key = sortKey(k, options, element(i));
        k.when(k.lt(k.loadScalar(keys, k.isub(count, 1)), key), () => {
          const [carried, place, moves] = [key, i, k.integer(0)].map((value) => k.variable(value)) as [
            Word,
            Word,
            Word,
          ];
          k.loop(0, count, 1, (j) => {
            const [other, where] = [k.loadScalar(keys, j), k.loadScalar(found, j)];
            const goes = k.or(moves.get(), k.lt(other, carried.get()));
            k.storeScalar(keys, j, k.select(goes, carried.get(), other));
            k.storeScalar(found, j, k.select(goes, place.get(), where));
            carried.set(k.select(goes, other, carried.get()));
            place.set(k.select(goes, where, place.get()));
            moves.set(goes);
          });
        });
      });
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

type Word = ReturnType<Builder["variable"]>;
