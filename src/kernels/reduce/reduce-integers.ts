import { size, vector } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import type { Wide } from "../../ir/wide.ts";
import { addWide, lessWide, selectWide } from "../../ir/wide.ts";

export type IntegerReduction = "sum" | "max" | "min";

export interface ReduceIntegers {
  readonly reduction: IntegerReduction;
  readonly storage: Storage | "i64";
}

const onWords: Readonly<Record<IntegerReduction, (k: Builder, a: Node, b: Node) => Node>> = {
  sum: (k, a, b) => k.iadd(a, b),
  max: (k, a, b) => k.imax(a, b),
  min: (k, a, b) => k.imin(a, b),
};

const onWide: Readonly<Record<IntegerReduction, (k: Builder, a: Wide, b: Wide) => Wide>> = {
  sum: addWide,
  max: (k, a, b) => selectWide(k, lessWide(k, a, b), b, a),
  min: (k, a, b) => selectWide(k, lessWide(k, a, b), a, b),
};

/**
 * Integers reduced along lines of `length` >= 1 elements that are `inner` apart, one element after another; sums wrap. An item is `block` of
 * all `lines`.
 */
export const reduceIntegers = kernel("reduce-integers", ({ reduction, storage }: ReduceIntegers) => {
  const stored = storage === "i64" ? "i32" : storage;
  return {
    signature: { x: vector(stored), y: vector(stored), lines: size(), length: size(), inner: size(), block: size() },
    build(k, { x, y, lines, length, inner, block }) {
      const words = (view: typeof x, at: Node): readonly [Node, Node] => {
        const word = k.imul(at, 2);
        return [k.loadScalar(view, word), k.loadScalar(view, k.iadd(word, 1))];
      };
      k.items((item) => {
        const first = k.imul(item, block);
        k.loop(first, k.imin(k.iadd(first, block), lines), 1, (line) => {
          const begin = k.iadd(k.imul(k.imul(k.idiv(line, inner), length), inner), k.irem(line, inner));
          const place = (i: Node): Node => k.iadd(begin, k.imul(i, inner));
          if (storage !== "i64") {
            const total = k.variable(k.loadScalar(x, begin));
            k.loop(1, length, 1, (i) => total.set(onWords[reduction](k, total.get(), k.loadScalar(x, place(i)))));
            k.storeScalar(y, line, total.get());
            return;
          }
          const [low, high] = words(x, begin).map((word) => k.variable(word)) as [Word, Word];
          k.loop(1, length, 1, (i) => {
            const [nextLow, nextHigh] = words(x, place(i));
            const made = onWide[reduction](k, { low: low.get(), high: high.get() }, { low: nextLow, high: nextHigh });
            low.set(made.low);
            high.set(made.high);
          });
          k.storeScalar(y, k.imul(line, 2), low.get());
          k.storeScalar(y, k.iadd(k.imul(line, 2), 1), high.get());
        });
      });
    },
  };
});

type Word = ReturnType<Builder["variable"]>;
