import type { Builder } from "../builder.ts";
import type { Node } from "../node.ts";
import type { Op } from "../operations.ts";
import { exp } from "./exp.ts";

/** A formula as instructions. */
type Formula = (k: Builder, ...args: Node[]) => Node;

/** The formulas of operations that no target has: one for all of them, so all give the same bits. */
export const formulas = {
  exp: (k, x) => exp(k, x as Node),
} satisfies Partial<Record<Op, Formula>> as Readonly<Record<FormulaOp, Formula>>;

export type FormulaOp = "exp" | "log" | "tanh" | "erf" | "sin" | "cos" | "pow";

export function isFormula(op: Op): op is FormulaOp {
  return op in formulas;
}
