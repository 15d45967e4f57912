import { size, vector } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { View } from "../../ir/view.ts";
import type { Wide } from "../../ir/wide.ts";
import { addWide, mulWide, widen } from "../../ir/wide.ts";

export interface Range {
  readonly dtype: "f32" | "i32" | "i64";
}

/** y[i] = start + i · delta, both read from memory. An item is `block` elements. */
export const range = kernel("range", ({ dtype }: Range) => {
  const storage = dtype === "f32" ? "f32" : "i32";
  return {
    signature: { start: vector(storage), delta: vector(storage), y: vector(storage), n: size(), block: size() },
    build(k, { start, delta, y, n, block }) {
      k.items((item) => {
        const first = k.imul(item, block);
        const count = k.imin(k.isub(n, first), block);
        if (dtype === "i64") {
          const [from, step] = [wideAt(k, start), wideAt(k, delta)];
          const at = addWide(k, from, mulWide(k, widen(k, first), step));
          const [low, high] = [k.variable(at.low), k.variable(at.high)];
          k.loop(first, k.iadd(first, count), 1, (i) => {
            const value = { low: low.get(), high: high.get() };
            k.storeScalar(y, k.imul(i, 2), value.low);
            k.storeScalar(y, k.iadd(k.imul(i, 2), 1), value.high);
            const next = addWide(k, value, step);
            low.set(next.low);
            high.set(next.high);
          });
          return;
        }
        const [from, step] = [k.loadSplat(start, 0), k.loadSplat(delta, 0)];
        k.vectors(count, (i, part) => {
          const number = k.iadd(k.splat(k.iadd(first, i), "vec i32"), k.iota());
          const value = dtype === "f32" ? k.fma(k.toF32(number), step, from) : k.iadd(k.imul(number, step), from);
          k.store(y, k.iadd(first, i), value, part);
        });
      });
    },
  };
});

const wideAt = (k: Builder, view: View): Wide => {
  const [low, high] = [0, 1].map((word) => k.loadScalar(view, word)) as [Node, Node];
  return { low, high };
};
