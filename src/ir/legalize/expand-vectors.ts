import { constantOf } from "../fold-integer.ts";
import type { Node, Region } from "../node.ts";
import { isShort } from "./is-short.ts";
import type { Legalizer } from "./legalizer.ts";

/** Vectors that one round of the loop does where the body is short, so that stepping is paid once for them. */
const unroll = 4;

/**
 * Loops over whole vectors, several a round and then one, and one more round for the elements that are left. Where the
 * lanes are known at run time only, the single vectors are one loop whose last round is short. Where all fit one vector, there is
 * no loop.
 */
export function expandVectors(l: Legalizer, node: Node, visit: (node: Node) => void): void {
  const region = node.regions[0] as Region;
  const [i, part] = region.params;
  const { lanes } = l;
  const several = l.imul(lanes, unroll);
  const n = l.get(node.args[0]);
  const begin = (index: Node, count?: Node): void => {
    l.bind(i, index);
    l.bindPart(part, count);
  };
  const at = (index: Node, count?: Node): void => {
    begin(index, count);
    region.body.forEach(visit);
  };
  const most = node.immediate["most"] as number | undefined;
  const isFew = most !== undefined && most < unroll;
  const rounds = isShort(region) && !isFew ? l.and(n, l.imul(several, -1)) : l.constant(0, "i32");
  if (constantOf(rounds) !== 0) {
    l.loop(0, rounds, several, (index) => {
      const turns = Array.from({ length: unroll }, (_, j) => ({
        begin: () => begin(l.iadd(index, l.imul(lanes, j))),
        result: () => {},
      }));
      l.turns(region, visit, turns);
    });
  }
  if (l.isScalable && most === 1) {
    l.when(n, () => at(l.constant(0, "i32"), n));
    return;
  }
  if (l.isScalable) {
    l.loop(rounds, n, lanes, (index) => at(index, l.isub(n, index)));
    return;
  }
  const whole = l.and(n, l.imul(lanes, -1));
  if (most === 1) l.when(whole, () => at(l.constant(0, "i32")));
  else l.loop(rounds, whole, lanes, (index) => at(index));
  const rest = l.isub(n, whole);
  if (constantOf(rest) !== 0) l.when(rest, () => at(whole, rest));
}
