import type { Node } from "../../ir/node.ts";
import { elementOf } from "../../ir/type.ts";
import type { Uses } from "../uses.ts";

const repeats = ({ op, args, immediate }: Node): boolean =>
  (op === "readSplat" && immediate["storage"] === "f32") || (op === "splat" && args[0]?.op !== "const");

/**
 * Whether an f32 that is the same in all lanes is used as a factor alone. NEON multiplies by one lane of a register, so
 * such a value is kept as a scalar. Of two such factors of one product the second has to be a vector.
 */
export function isFactor(uses: Uses, node: Node): boolean {
  if (!repeats(node) || elementOf(node.type) !== "f32") return false;
  return uses.of(node).every(({ user, slot }) => {
    if (user === undefined || (user.op !== "mul" && user.op !== "fma")) return false;
    const other = user.args[1 - slot];
    return slot < 2 && other !== undefined && !repeats(other);
  });
}
