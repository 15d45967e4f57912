import { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { Target } from "../../ir/target.ts";
import type { Emit, EmitTypes } from "../../ops/emit.ts";
import { resolveOp } from "../../ops/registered.ts";
import type { DType } from "../../tensor/dtype.ts";
import { isFloat } from "../../tensor/dtype.ts";
import type { Expression } from "./expression.ts";
import { expressionKey } from "./expression.ts";
import { storageOf } from "./storage-of.ts";

type AnyEmit = Emit<Readonly<Record<string, unknown>>>;

/** The formula of an operator, where it has one. */
export function emitOf(op: string): AnyEmit | undefined {
  return (resolveOp(op) as { readonly emit?: AnyEmit }).emit;
}

/** The value of an expression in the kernel language. Throws where an operator has no formula for its dtypes: ask hasFormula first. */
export function evaluateExpression(
  k: Builder,
  { operands, nodes }: Expression,
  { values, dtypes }: { readonly values: readonly Node[]; readonly dtypes: readonly DType[] },
): Node {
  const known = values.slice(0, operands);
  const types = dtypes.slice(0, operands);
  const at = <T>(list: readonly T[], i: number): T | undefined => (i < 0 ? undefined : list[i]);
  for (const { op, attributes, inputs, dtype } of nodes) {
    const given = { operands: inputs.map((i) => at(types, i)), result: dtype };
    const made = emitOf(op)?.(
      k,
      inputs.map((i) => at(known, i)),
      attributes,
      given,
    );
    if (made === undefined) throw new RangeError(`Bug: ${op} has no formula for ${given.operands.join(", ")}.`);
    known.push(made);
    types.push(dtype);
  }
  return known.at(-1) as Node;
}

/** A builder needs a target; formulas must not depend on which. */
const anyTarget: Target = {
  name: "formula",
  lanes: 4,
  fused: false,
  tileRegisters: 16,
  foldRegisters: 8,
  tiles: [],
  features: new Set(),
};

const answers = new WeakMap<AnyEmit, Map<string, boolean>>();

/** Whether an operator has a formula for these attributes and dtypes. */
export function hasFormula(op: string, attributes: Readonly<Record<string, unknown>>, types: EmitTypes): boolean {
  const emit = emitOf(op);
  if (emit === undefined || [...types.operands, types.result].some((dtype) => dtype && storageOf(dtype) === undefined))
    return false;
  const inputs = types.operands.map((dtype, i) => (dtype === undefined ? -1 : i));
  const node = { op, attributes, inputs, dtype: types.result };
  const key = `${types.operands.join()} ${expressionKey({ operands: inputs.length, nodes: [node] })}`;
  const ofFormula = answers.get(emit) ?? new Map<string, boolean>();
  answers.set(emit, ofFormula);
  const known = ofFormula.get(key);
  if (known !== undefined) return known;
  const k = new Builder(anyTarget);
  const values = types.operands.map((dtype) => {
    if (dtype === undefined) return undefined;
    const kind = isFloat(dtype) ? "f32" : "i32";
    return k.splat(k.node("argument", [], { word: 0 }, kind), `vec ${kind}`);
  });
  const answer = emit(k, values, attributes, types) !== undefined;
  ofFormula.set(key, answer);
  return answer;
}
