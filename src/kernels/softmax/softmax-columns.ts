import { size, strided } from "../../ir/arguments.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";

export interface SoftmaxColumns {
  readonly log?: boolean;
  readonly storage?: Storage;
}

/**
 * softmax over p < count of x[o, p, i], or its logarithm, for i < n. Sums go along p in order. Strides are those of o and p, the same for x and
 * y, which may be one. An item is a block of `block` elements of one of the `blocks` blocks of a row o.
 */
export const softmaxColumns = kernel("softmax-columns", ({ log = false, storage = "f32" }: SoftmaxColumns) => ({
  signature: {
    ...{ x: strided(2, storage), y: strided(2, storage) },
    ...{ count: size(), n: size(), blocks: size(), block: size() },
  },
  build(k, { x, y, count, n, blocks, block }) {
    k.items((item) => {
      const start = k.imul(k.irem(item, blocks), block);
      const row = k.idiv(item, blocks);
      const [from, to] = [x, y].map((view) => k.viewAt(view, k.iadd(k.imul(row, view.outer[0] as Node), start)));
      const at = (view: typeof x, p: Node, i: Node): Node => k.iadd(k.imul(p, view.outer[1] as Node), i);
      if (from === undefined || to === undefined) return;
      k.vectors(k.imin(k.isub(n, start), block), (i, part) => {
        const take = (p: Node): Node => k.load(from, at(x, p, i), part);
        const top = k.variable(k.constant(Number.NEGATIVE_INFINITY, "vec f32"));
        k.loop(0, count, 1, (p) => top.set(k.maxAny(top.get(), take(p))));
        const most = top.get();
        const sum = k.variable(k.constant(0, "vec f32"));
        k.loop(0, count, 1, (p) => sum.set(k.add(sum.get(), k.exp(k.sub(take(p), most)))));
        const total = sum.get();
        const scale = log ? k.log(total) : k.div(1, total);
        k.loop(0, count, 1, (p) => {
          const shifted = k.sub(take(p), most);
          k.store(to, at(y, p, i), log ? k.sub(shifted, scale) : k.mul(k.exp(shifted), scale), part);
        });
      });
    });
  },
}));
