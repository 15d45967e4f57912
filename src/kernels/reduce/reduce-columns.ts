import { size, strided } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import type { Reduction, ReductionName } from "./reductions.ts";
import { accumulate, finished, reductions } from "./reductions.ts";

export interface ReduceColumns {
  readonly reduction: ReductionName;
  readonly storage?: Storage;
  /** How the result is stored; as x when left out. */
  readonly result?: Storage;
}

/**
 * y[o, i] = the reduction of x[o, p, i] over p < count, for i < n. Element p goes to partial result p mod 4, and they come
 * together as (0 + 2) + (1 + 3). x has strides for o and p, y for o. An item is a block of `block` elements, a multiple
 * of 64, of one of the `blocks` blocks of a row o.
 */
export const reduceColumns = kernel(
  "reduce-columns",
  ({ reduction, storage = "f32", result = storage }: ReduceColumns) => ({
    signature: {
      x: strided(2, storage),
      y: strided(1, result),
      count: size(),
      n: size(),
      blocks: size(),
      block: size(),
    },
    build(k, { x, y, count, n, blocks, block }) {
      const how: Reduction = reductions[reduction];
      const [outer, along] = x.outer as [Node, Node];
      k.items((item) => {
        const row = k.idiv(item, blocks);
        const start = k.imul(k.irem(item, blocks), block);
        const from = k.viewAt(x, k.iadd(k.imul(row, outer), start));
        const to = k.viewAt(y, k.iadd(k.imul(row, y.outer[0] as Node), start));
        k.vectors(k.imin(k.isub(n, start), block), (i, part) => {
          const take = (p: Node, j: number): Node =>
            k.load(from, k.iadd(k.iadd(k.imul(p, along), k.imul(j, along)), i), part);
          const value = reduceByFour(k, how, count, take);
          k.store(to, i, finished(k, how, value, count), part);
        });
      });
    },
  }),
);

/** Four chains, element p in chain p mod 4. `take` gives element p + j. */
function reduceByFour(k: Builder, how: Reduction, count: Node, take: (p: Node, j: number) => Node): Node {
  const start = k.constant(how.init, "vec f32");
  const chains = [0, 1, 2, 3].map(() => k.variable(start));
  const whole = k.and(count, -4);
  k.loop(0, whole, 4, (p) => {
    chains.forEach((chain, j) => void chain.set(accumulate(k, how, chain.get(), take(p, j))));
  });
  chains.slice(0, 3).forEach((chain, j) => {
    k.when(k.lt(k.iadd(whole, j), count), () => chain.set(accumulate(k, how, chain.get(), take(whole, j))));
  });
  const [a, b, c, d] = chains.map((chain) => chain.get()) as [Node, Node, Node, Node];
  return k[how.combine](k[how.combine](a, c), k[how.combine](b, d));
}
