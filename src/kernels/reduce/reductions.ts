import type { Operand } from "../../ir/arithmetic.ts";
import type { Builder, Combine } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";

/** A reduction by its parts: where it starts, what is made of an element, how two come together, and what is made of the end. */
export interface Reduction {
  readonly init: number;
  readonly combine: Combine;
  readonly map?: (k: Builder, x: Node) => Node;
  /** The result, from what all elements came to and their number. */
  readonly finish?: (k: Builder, value: Node, count: Node) => Node;
}

const square = (k: Builder, x: Node): Node => k.mul(x, x);
const root = (k: Builder, value: Node): Node => k.sqrt(value);
const logarithm = (k: Builder, value: Node): Node => k.log(value);

/** The reductions of the engine that need one pass. `max` and `min` give NaN where an element is. */
export const reductions = {
  sum: { init: 0, combine: "add" },
  mean: { init: 0, combine: "add", finish: (k, value, count) => k.div(value, k.toF32(count)) },
  prod: { init: 1, combine: "mul" },
  max: { init: Number.NEGATIVE_INFINITY, combine: "max" },
  min: { init: Number.POSITIVE_INFINITY, combine: "min" },
  sumSquare: { init: 0, combine: "add", map: square },
  l1: { init: 0, combine: "add", map: (k, x) => k.abs(x) },
  l2: { init: 0, combine: "add", map: square, finish: root },
  logSum: { init: 0, combine: "add", finish: logarithm },
} satisfies Record<string, Reduction>;

export type ReductionName = keyof typeof reductions;

/** One step of a reduction. Sums of squares are products that are added with one rounding where the target can. */
export function accumulate(k: Builder, { combine, map }: Reduction, acc: Node, x: Node): Node {
  if (map === square) return k.fma(x, x, acc);
  const value: Operand = map ? map(k, x) : x;
  return k[combine](acc, value);
}

/** What a reduction comes to. */
export function finished(k: Builder, { finish }: Reduction, value: Node, count: Node): Node {
  return finish ? finish(k, value, count) : value;
}
