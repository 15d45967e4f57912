import { size, vector } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import { computeElement } from "../../ir/type.ts";
import type { View } from "../../ir/view.ts";

export interface Extend {
  readonly storage: Storage;
  /** Whether what stands outside is an argument; else it is 0. */
  readonly hasValue: boolean;
}

function outside(k: Builder, { storage, hasValue }: Extend, value: View): Node {
  return hasValue ? k.loadScalar(value, 0) : k.constant(0, computeElement(storage));
}

/** y[outer, o, i] = x[outer, indexes[o], i], or the value where the index is negative. An item is a row of `inner` elements. */
export const extendRows = kernel("extend-rows", (options: Extend) => ({
  signature: {
    x: vector(options.storage),
    y: vector(options.storage),
    indexes: vector("i32"),
    value: vector(options.storage),
    input: size(),
    output: size(),
    inner: size(),
  },
  build(k, { x, y, indexes, value, input, output, inner }) {
    k.items((item) => {
      const index = k.loadScalar(indexes, k.irem(item, output));
      const to = k.viewAt(y, k.imul(item, inner));
      const from = k.viewAt(x, k.imul(k.iadd(k.imul(k.idiv(item, output), input), index), inner));
      k.when(k.ge(index, 0), () => {
        k.vectors(inner, (i, part) => k.store(to, i, k.load(from, i, part), part));
      });
      k.when(k.lt(index, 0), () => {
        const fill = outside(k, options, value);
        k.vectors(inner, (i, part) => k.store(to, i, fill, part));
      });
    });
  },
}));

/**
 * y[row, o] = x[row, indexes[o]], or the value where the index is negative. Of these, `count` from `low` on are elements
 * of x side by side, from `first` on. An item is `block` rows.
 */
export const extendColumns = kernel("extend-columns", (options: Extend) => ({
  signature: {
    x: vector(options.storage),
    y: vector(options.storage),
    indexes: vector("i32"),
    value: vector(options.storage),
    input: size(),
    output: size(),
    low: size(),
    count: size(),
    first: size(),
    rows: size(),
    block: size(),
  },
  build(k, { x, y, indexes, value, input, output, low, count, first, rows, block }) {
    k.items((item) => {
      const begin = k.imul(item, block);
      k.loop(begin, k.imin(k.iadd(begin, block), rows), 1, (r) => {
        const [from, to] = [k.viewAt(x, k.imul(r, input)), k.viewAt(y, k.imul(r, output))];
        const move = (o: Node): void => {
          const index = k.loadScalar(indexes, o);
          k.when(k.ge(index, 0), () => k.storeScalar(to, o, k.loadScalar(from, index)));
          k.when(k.lt(index, 0), () => k.storeScalar(to, o, outside(k, options, value)));
        };
        k.loop(0, low, 1, move);
        const [source, target] = [k.viewAt(from, first), k.viewAt(to, low)];
        k.vectors(count, (i, part) => k.store(target, i, k.load(source, i, part), part));
        k.loop(k.iadd(low, count), output, 1, move);
      });
    });
  },
}));
