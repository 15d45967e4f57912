/** What is done with the elements that a window meets. */
import type { ArgumentKind } from "../../ir/arguments.ts";
import { size, vector } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import type { View } from "../../ir/view.ts";

/** A reduction over the elements of a window, by lanes, which begins with 0 and to which zeros add nothing. `args` are the kernel's arguments by name. */
export interface WindowStep {
  /** Says all that the IR depends on. */
  readonly key: string;
  readonly signature: Readonly<Record<string, ArgumentKind<unknown>>>;
  /** What goes with element `tap` of the window, for all places. */
  readonly weight?: (k: Builder, args: unknown, at: { readonly channel: Node; readonly tap: Node }) => Node;
  readonly combine: (k: Builder, acc: Node, element: Node, weight: Node | undefined) => Node;
  /** The result, from what the elements came to and how many of them count. */
  readonly end?: (k: Builder, acc: Node, count: Node) => Node;
  /** Whether `end` needs a count that differs from place to place. */
  readonly counts?: boolean;
}

/** Σ w · x, one filter a channel: weights [channels][elements of the window]. */
export const weighted = (w: Storage): WindowStep => ({
  key: `weighted ${w}`,
  signature: { w: vector(w), taps: size() },
  weight(k, args, { channel, tap }) {
    const { w: weights, taps } = args as { readonly w: View; readonly taps: Node };
    return k.loadSplat(weights, k.iadd(k.imul(channel, taps), tap));
  },
  combine: (k, acc, element, weight) => k.fma(weight as Node, element, acc),
});

/** The sum over the count of elements, which is the argument `count` unless it differs from place to place. */
export const mean = (counts: boolean): WindowStep => ({
  key: `mean ${counts}`,
  signature: {},
  combine: (k, acc, element) => k.add(acc, element),
  end: (k, acc, count) => k.div(acc, count),
  counts,
});

/** (Σ |x|ᵖ)^(1/p). */
export const norm = (p: number): WindowStep => ({
  key: `norm ${p}`,
  signature: {},
  combine(k, acc, element) {
    if (p === 2) return k.fma(element, element, acc);
    const size = k.abs(element);
    return k.add(acc, p === 1 ? size : k.pow(size, p));
  },
  end(k, acc) {
    if (p === 1) return acc;
    return p === 2 ? k.sqrt(acc) : k.pow(acc, 1 / p);
  },
});
