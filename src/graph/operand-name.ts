import type { Op } from "./op.ts";

/** How messages call an operand: `bias` for `bias?`, `xs[2]` for the third of `...xs`. */
export function operandName({ operandNames }: Op, i: number): string {
  const last = operandNames.length - 1;
  const name = operandNames[Math.min(i, last)] ?? `operand ${i}`;
  return name.startsWith("...") ? `${name.slice(3)}[${i - last}]` : name.replace("?", "");
}
