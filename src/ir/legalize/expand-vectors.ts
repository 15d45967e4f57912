import { constantOf } from "../fold-integer.ts";
import type { Node, Region } from "../node.ts";
import type { Legalizer } from "./legalizer.ts";

/** A loop over whole vectors, then one more round for the elements that are left. */
export function expandVectors(l: Legalizer, node: Node, walk: (region: Region) => void): void {
  const region = node.regions[0] as Region;
  const [i, part] = region.params;
  const n = l.get(node.args[0]);
  const whole = l.and(n, -l.laneCount);
  l.loop(0, whole, l.laneCount, (index) => {
    l.bind(i, index);
    l.bindPart(part, undefined);
    walk(region);
  });
  const rest = l.isub(n, whole);
  if (constantOf(rest) === 0) return;
  l.when(rest, () => {
    l.bind(i, whole);
    l.bindPart(part, rest);
    walk(region);
  });
}
