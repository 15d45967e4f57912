/** How many elements of a window count at a place: those from `least` to before `end` along each axis. */
import { size } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { View } from "../../ir/view.ts";
import type { WindowArguments } from "./gather-windows.ts";
import type { Three } from "./geometry.ts";

/** The arguments that say which elements count. */
export const countSignature = {
  leastDepth: size(),
  leastHeight: size(),
  leastWidth: size(),
  endDepth: size(),
  endHeight: size(),
  endWidth: size(),
} as const;

/** The words for them. */
export const countWords = (least: Three, end: Three): Record<keyof typeof countSignature, number> => ({
  leastDepth: least[0],
  leastHeight: least[1],
  leastWidth: least[2],
  endDepth: end[0],
  endHeight: end[1],
  endWidth: end[2],
});

type CountArguments = WindowArguments & Readonly<Record<keyof typeof countSignature, Node>>;

/** Writes for each place of a row how many columns of its window count. */
export function countRow(k: Builder, args: CountArguments, to: View): void {
  const { outputWidth, stridesWidth, dilationsWidth, beginsWidth, leastWidth, endWidth } = args;
  k.loop(0, outputWidth, k.lanes, (i) => {
    const sum = k.variable(k.constant(0, "vec f32"));
    const first = k.isub(
      k.imul(k.iadd(k.splat(i, "vec i32"), k.iota()), k.splat(stridesWidth, "vec i32")),
      k.splat(beginsWidth, "vec i32"),
    );
    k.loop(0, args.kernelWidth, 1, (kw) => {
      const index = k.iadd(first, k.splat(k.imul(kw, dilationsWidth), "vec i32"));
      const counts = k.and(k.ge(index, k.splat(leastWidth, "vec i32")), k.lt(index, k.splat(endWidth, "vec i32")));
      sum.set(k.add(sum.get(), k.select(counts, k.constant(1, "vec f32"), 0)));
    });
    k.store(to, i, sum.get());
  });
}

/** The number of rows of the window that count at a row of an output plane, as an f32. */
export function countElements(k: Builder, args: CountArguments, { depth, row }: { depth: Node; row: Node }): Node {
  return k.toF32(k.imul(countAlong(k, args, "Depth", depth), countAlong(k, args, "Height", row)));
}

function countAlong(k: Builder, args: CountArguments, axis: "Depth" | "Height", place: Node): Node {
  const sum = k.variable(k.integer(0));
  const first = k.isub(k.imul(place, args[`strides${axis}`]), args[`begins${axis}`]);
  k.loop(0, args[`kernel${axis}`], 1, (tap) => {
    const index = k.iadd(first, k.imul(tap, args[`dilations${axis}`]));
    sum.set(k.iadd(sum.get(), k.and(k.ge(index, args[`least${axis}`]), k.lt(index, args[`end${axis}`]))));
  });
  return sum.get();
}
