import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { Target } from "../../ir/target.ts";

/** Steps of a depth that a round of its loop takes: as many as the target likes, or one more, where they divide it. For depths that constants have. */
export const stepsOf = (depth: number, { depthSteps = 1 }: Target): number =>
  [depthSteps, depthSteps + 1].find((steps) => depth % steps === 0) ?? 1;

/** Does `body` for each step of a depth, which is a multiple of `steps`, in order: step p + s, where s is less than `steps`. */
export function alongDepth(
  k: Builder,
  { depth, steps }: { readonly depth: Node; readonly steps: number },
  body: (p: Node, s: number) => void,
): void {
  k.loop(0, depth, steps, (p) => {
    for (let s = 0; s < steps; s++) body(p, s);
  });
}
