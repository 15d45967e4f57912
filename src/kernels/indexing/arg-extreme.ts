import { size, vector } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import type { View } from "../../ir/view.ts";

export interface ArgExtreme {
  /** Of elements that f32 holds exactly. */
  readonly storage: Storage;
  readonly greatest: boolean;
  /** Whether the last of equals is taken. */
  readonly last: boolean;
}

/** Places of a row at most, so that f32 counts them up and down. */
export const mostPlaces = 2 ** 23;

const isFloat = (storage: Storage): boolean => storage.startsWith("f") || storage === "bf16";

const loaded = (k: Builder, storage: Storage, value: Node): Node => (isFloat(storage) ? value : k.toF32(value));

const storeWide = (k: Builder, y: View, at: Node, value: Node): void => {
  k.storeScalar(y, k.imul(at, 2), value);
  k.storeScalar(y, k.iadd(k.imul(at, 2), 1), 0);
};

/** The place of the greatest or least of `n` elements of each row, as i64: the first NaN, if there is one. An item is a row. */
export const argExtremeRows = kernel("arg-extreme-rows", ({ storage, greatest, last }: ArgExtreme) => ({
  signature: { x: vector(storage), y: vector("i32"), n: size() },
  build(k, { x, y, n }) {
    k.items((item) => {
      const row = k.viewAt(x, k.imul(item, n));
      const worst = greatest ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
      const better = greatest ? k.max : k.min;
      const best = k.fold(n, {
        init: worst,
        combine: greatest ? "max" : "min",
        step: (acc, i, part) => better(acc, loaded(k, storage, k.load(row, i, part))),
      });
      const goal = k.splat(best);
      const none = last ? -1 : Number.POSITIVE_INFINITY;
      // Of NaN the first one is taken, whichever of equals is: those count down from above all places.
      const place = k.fold(n, {
        init: none,
        combine: last ? "max" : "min",
        step(acc, i, part) {
          const value = loaded(k, storage, k.load(row, i, part));
          const number = k.toF32(k.iadd(k.splat(i, "vec i32"), k.iota()));
          const place = k.select(k.eq(value, goal), number, none);
          if (!last) return k.minAny(k.select(k.isNan(value), number, place), acc);
          return k.maxAny(k.select(k.isNan(value), k.sub(2 * mostPlaces, number), place), acc);
        },
      });
      const isNan = k.gt(place, mostPlaces);
      storeWide(k, y, item, k.toI32(last ? k.select(isNan, k.sub(2 * mostPlaces, place), place) : place));
    });
  },
}));

/** Columns that one item does. */
export const argExtremeBlock = 256;

/** The same along columns, of `length` elements `inner` apart: an item is one of `blocks` of `argExtremeBlock` neighbouring columns. */
export const argExtremeColumns = kernel("arg-extreme-columns", ({ storage, greatest, last }: ArgExtreme) => ({
  signature: { x: vector(storage), y: vector("i32"), length: size(), inner: size(), blocks: size() },
  build(k, { x, y, length, inner, blocks }) {
    const places = k.scratch(argExtremeBlock, "i32");
    k.items((item) => {
      const [outer, first] = [k.idiv(item, blocks), k.imul(k.irem(item, blocks), argExtremeBlock)];
      const count = k.imin(k.isub(inner, first), argExtremeBlock);
      const begin = k.iadd(k.imul(k.imul(outer, length), inner), first);
      k.vectors(count, (column, part) => {
        const read = (i: Node | number): Node =>
          loaded(k, storage, k.load(x, k.iadd(k.iadd(begin, column), k.imul(k.integer(i), inner)), part));
        const best = k.variable(read(0));
        const place = k.variable(k.constant(0, "vec i32"));
        k.loop(1, length, 1, (i) => {
          const [value, held] = [read(i), best.get()];
          const wins = greatest ? (last ? k.ge : k.gt) : last ? k.le : k.lt;
          const firstNan = k.and(k.isNan(value), k.not(k.isNan(held)));
          const takes = k.or(wins.call(k, value, held), firstNan);
          best.set(k.select(takes, value, held));
          place.set(k.select(takes, k.splat(i, "vec i32"), place.get()));
        });
        k.store(places, column, place.get(), part);
      });
      const to = k.iadd(k.imul(outer, inner), first);
      k.loop(0, count, 1, (i) => storeWide(k, y, k.iadd(to, i), k.loadScalar(places, i)));
    });
  },
}));
