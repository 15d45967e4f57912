import { size, vector } from "../../ir/arguments.ts";
import { kernel } from "../../ir/kernel.ts";
import { offsetsOf } from "./rows-of-bytes.ts";

export interface FillRows {
  /** Loops around the rows. */
  readonly rank: number;
  readonly storage: "i32" | "u16" | "u8";
}

/**
 * Rows of one element, repeated: outer loops with extents and byte strides, then `count` elements side by side at the target. An item is
 * one of `parts` of `part` elements of a row.
 */
export const fillRows = kernel("fill-rows", ({ rank, storage }: FillRows) => {
  const names = Array.from({ length: rank }, (_, d) => [`extent${d}`, `from${d}`, `to${d}`]).flat();
  const sizes: Record<string, ReturnType<typeof size>> = Object.fromEntries(names.map((name) => [name, size()]));
  return {
    signature: {
      from: vector(storage),
      to: vector(storage),
      ...sizes,
      count: size(),
      parts: size(),
      part: size(),
    },
    build(k, args) {
      const { from, to, count, parts, part } = args;
      k.items((item) => {
        const offsets = offsetsOf(k, rank, k.idiv(item, parts), args as never);
        const value = k.loadSplat({ ...from, pointer: k.iadd(from.pointer, offsets.from) }, 0);
        const start = k.imul(k.irem(item, parts), part);
        const target = k.viewAt({ ...to, pointer: k.iadd(to.pointer, offsets.to) }, start);
        k.vectors(k.imin(k.isub(count, start), part), (i, lanes) => k.store(target, i, value, lanes));
      });
    },
  };
});
