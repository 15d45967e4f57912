import { Builder } from "../builder.ts";
import type { FormulaOp } from "../math/formulas.ts";
import { formulas } from "../math/formulas.ts";
import type { Node } from "../node.ts";
import type { Type } from "../type.ts";

/** A formula as straight-line nodes. */
export interface ExpandedFormula {
  readonly params: readonly Node[];
  readonly body: readonly Node[];
  readonly value: Node;
}

class FormulaBuilder extends Builder {
  expand(op: FormulaOp, types: readonly Type[]): ExpandedFormula {
    const params = types.map((type, word) => this.node("argument", [], { word }, type));
    const [x, y = x] = params as [Node, ...Node[]];
    const value = formulas[op](this, x, y);
    const body = this.finish().body.filter((node) => !params.includes(node));
    return { params, body, value };
  }
}

const known = new Map<string, ExpandedFormula>();

/** The expansion of a formula for operands of the node's types. Formulas do not depend on the target. */
export function expandedFormula({ op, args }: Node): ExpandedFormula {
  const types = args.map((arg) => arg.type);
  const key = `${op} ${types.join()}`;
  const found = known.get(key);
  if (found) return found;
  const builder = new FormulaBuilder({
    name: "formula",
    lanes: undefined,
    fused: true,
    tileRegisters: 0,
    foldRegisters: 0,
    tiles: [],
    features: new Set(),
  });
  const made = builder.expand(op as FormulaOp, types);
  known.set(key, made);
  return made;
}
