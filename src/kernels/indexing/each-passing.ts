import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { View } from "../../ir/view.ts";

export interface EachPassing {
  /** Elements side by side from here on, where there are any that are. */
  readonly line: View;
  readonly length: Node;
  readonly dense: boolean;
  /** Which lanes of some elements pass. */
  readonly passes: (elements: Node) => Node;
  readonly take: (i: Node) => void;
}

/** Takes elements 0 to length - 1 one by one, in order, but for vectors of which no lane passes. */
export function eachPassing(k: Builder, { line, length, dense, passes, take }: EachPassing): void {
  const { lanes } = k;
  const whole = dense ? k.imul(k.idiv(length, lanes), lanes) : k.integer(0);
  k.loop(0, whole, lanes, (i) => k.when(k.any(passes(k.load(line, i))), () => k.loop(i, k.iadd(i, lanes), 1, take)));
  k.loop(whole, length, 1, take);
}
