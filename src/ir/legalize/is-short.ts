import { isFormula } from "../math/formulas.ts";
import type { Region } from "../node.ts";

/** Whether a body is worth having more than once: a few instructions, none of them a formula or a loop. */
export function isShort({ body }: Region): boolean {
  return body.length <= 12 && !body.some(({ op, regions }) => isFormula(op) || regions.length > 0);
}
