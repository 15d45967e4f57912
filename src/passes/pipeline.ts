import type { Graph } from "../graph/graph.ts";
import { mayFire } from "../graph/may-fire.ts";
import type { Firing } from "../graph/rewrite.ts";
import { rewrite } from "../graph/rewrite.ts";
import { declutter } from "./declutter/index.ts";
import { fuse } from "./fuse/index.ts";
import { integer } from "./integer/index.ts";
import { join } from "./join/index.ts";
import { settleSizes } from "./settle-sizes.ts";
import type { Stage } from "./stage.ts";

/** The stages in the order in which they run. */
export const stages: readonly Stage[] = [integer, declutter, fuse, join];

export interface PipelineOptions {
  /** The last stage to run; all of them when left out. */
  readonly until?: string;
  readonly onFiring?: (firing: Firing, stage: string) => void;
}

/** Simplifies a graph by the stages in order. */
export function runPipeline(graph: Graph, { until, onFiring }: PipelineOptions = {}): Graph {
  let current = settleSizes(graph);
  for (const { name, rules, simplifiers } of stages) {
    const isIdle = simplifiers.length === 0 && !mayFire(rules, current);
    if (!isIdle)
      current = rewrite(current, {
        rules,
        simplifiers,
        ...(onFiring && { onFiring: (firing) => onFiring(firing, name) }),
      });
    if (name === until) break;
  }
  return current;
}
