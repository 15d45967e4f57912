import { size, vector } from "../../ir/arguments.ts";
import { kernel } from "../../ir/kernel.ts";
import type { RowsOfBytes } from "../movement/rows-of-bytes.ts";
import { beyond, copyBytes } from "../movement/rows-of-bytes.ts";

export interface OneHot {
  /** Bytes of an element. */
  readonly body: Exclude<RowsOfBytes["body"], "words" | "bytes">;
  /** Whether the indices are i64. */
  readonly wide: boolean;
}

/**
 * An element put at y[outer, index, inner] for each of `n` indices [outer, inner]; indices below 0 count from the end, and those out of range
 * put nothing. An item is `block` indices.
 */
export const oneHot = kernel("one-hot", ({ body, wide }: OneHot) => ({
  signature: {
    indices: vector("i32"),
    on: vector("u8"),
    y: vector("u8"),
    n: size(),
    depth: size(),
    inner: size(),
    block: size(),
  },
  build(k, { indices, on, y, n, depth, inner, block }) {
    k.items((item) => {
      const first = k.imul(item, block);
      k.loop(first, k.imin(k.iadd(first, block), n), 1, (i) => {
        const low = k.loadScalar(indices, k.imul(i, wide ? 2 : 1));
        const index = k.select(k.lt(low, 0), k.iadd(low, depth), low);
        const inside = k.and(k.ge(index, 0), k.lt(index, depth));
        const fits = wide ? k.eq(k.loadScalar(indices, k.iadd(k.imul(i, 2), 1)), k.sar(low, 31)) : inside;
        k.when(k.and(inside, fits), () => {
          const [outer, rest] = [k.idiv(i, inner), k.irem(i, inner)];
          const place = k.iadd(k.imul(k.iadd(k.imul(outer, depth), index), inner), rest);
          copyBytes(k, body, { from: on, to: beyond(k, y, k.imul(place, body)), bytes: k.integer(body) });
        });
      });
    });
  },
}));
