import type { Builder } from "../builder.ts";
import type { Node } from "../node.ts";
import type { Op } from "../operations.ts";
import { erf } from "./erf.ts";
import { exp } from "./exp.ts";
import { log } from "./log.ts";
import { pow } from "./pow.ts";
import { cos, sin } from "./sin-cos.ts";
import { tanh } from "./tanh.ts";

/** A formula as instructions, for a scalar, a vector or a quad. */
type Formula = (k: Builder, x: Node, y: Node) => Node;

export type FormulaOp = "exp" | "log" | "tanh" | "erf" | "sin" | "cos" | "pow";

/** The formulas of operations that no target has: one for all of them, so all give the same bits. */
export const formulas: Readonly<Record<FormulaOp, Formula>> = { exp, log, tanh, erf, sin, cos, pow };

export function isFormula(op: Op): op is FormulaOp {
  return Object.hasOwn(formulas, op);
}
