import { Builder } from "../../ir/builder.ts";
import { isFormula } from "../../ir/math/formulas.ts";
import type { Node } from "../../ir/node.ts";
import type { Target } from "../../ir/target.ts";
import type { Wide } from "../../ir/wide.ts";
import type { Emit, EmitTypes, EmitWide } from "../../ops/emit.ts";
import { resolveOp } from "../../ops/registered.ts";
import type { DType } from "../../tensor/dtype.ts";
import { isFloat } from "../../tensor/dtype.ts";
import type { Expression, ExpressionNode } from "./expression.ts";
import { expressionKey } from "./expression.ts";
import { elementStorageOf } from "./storage-of.ts";

type AnyEmit = Emit<Readonly<Record<string, unknown>>>;

/** The formula of an operator, where it has one. */
export function emitOf(op: string): AnyEmit | undefined {
  return (resolveOp(op) as { readonly emit?: AnyEmit }).emit;
}

/** The formula of an operator for i64. */
function emitWideOf(op: string): EmitWide<Readonly<Record<string, unknown>>> | undefined {
  return (resolveOp(op) as { readonly emitWide?: EmitWide<Readonly<Record<string, unknown>>> }).emitWide;
}

const isWide = ({ operands, result }: EmitTypes): boolean => result === "i64" || operands.includes("i64");

/** The value of an operator in the kernel language; undefined where it has no formula for its dtypes. */
function emitted(k: Builder, node: Pick<ExpressionNode, "op" | "attributes">, inputs: Inputs, types: EmitTypes) {
  if (isWide(types)) return emitWideOf(node.op)?.(k, inputs, node.attributes, types);
  return emitOf(node.op)?.(k, inputs as readonly (Node | undefined)[], node.attributes, types);
}

type Inputs = readonly (Node | Wide | undefined)[];

/** Whether an expression computes with i64, which elementwise kernels alone can. */
export const usesWide = ({ nodes }: Expression): boolean => nodes.some(({ dtype }) => dtype === "i64");

/** The value of an expression whose operands and result have at most 32 bits. Throws where an operator has no formula for its dtypes: ask hasFormula first. */
export function evaluateExpression(
  k: Builder,
  expression: Expression,
  operands: { readonly values: readonly Node[]; readonly dtypes: readonly DType[] },
): Node {
  return evaluateWide(k, expression, operands) as Node;
}

/** The value of an expression in the kernel language. Throws where an operator has no formula for its dtypes: ask hasFormula first. */
export function evaluateWide(
  k: Builder,
  { operands, nodes }: Expression,
  { values, dtypes }: { readonly values: readonly (Node | Wide)[]; readonly dtypes: readonly DType[] },
): Node | Wide {
  const known = values.slice(0, operands);
  const types = dtypes.slice(0, operands);
  const at = <T>(list: readonly T[], i: number): T | undefined => (i < 0 ? undefined : list[i]);
  for (const { op, attributes, inputs, dtype } of nodes) {
    const given = { operands: inputs.map((i) => at(types, i)), result: dtype };
    const made = emitted(
      k,
      { op, attributes },
      inputs.map((i) => at(known, i)),
      given,
    );
    if (made === undefined) throw new RangeError(`Bug: ${op} has no formula for ${given.operands.join(", ")}.`);
    known.push(made);
    types.push(dtype);
  }
  return known.at(-1) as Node | Wide;
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

const answers = new WeakMap<AnyEmit, Map<string, number>>();

/** What a function such as exp weighs beside an operation of the machine. */
const functionWeight = 5;

/** Builds a formula to see what is in it. */
class Scales extends Builder {
  /** Operations are light, whatever their number; functions that are expanded are not. */
  get weight(): number {
    return 1 + functionWeight * this.top.body.filter(({ op }) => isFormula(op)).length;
  }
}

/** Whether an operator has a formula for these attributes and dtypes. */
export function hasFormula(op: string, attributes: Readonly<Record<string, unknown>>, types: EmitTypes): boolean {
  return formulaWeight(op, attributes, types) > 0;
}

/** How much code the formula of an operator becomes, 1 at least; 0 where it has none. */
export function formulaWeight(op: string, attributes: Readonly<Record<string, unknown>>, types: EmitTypes): number {
  const emit = emitOf(op);
  if (
    emit === undefined ||
    [...types.operands, types.result].some((dtype) => dtype && elementStorageOf(dtype) === undefined)
  )
    return 0;
  const inputs = types.operands.map((dtype, i) => (dtype === undefined ? -1 : i));
  const node = { op, attributes, inputs, dtype: types.result };
  const key = `${types.operands.join()} ${expressionKey({ operands: inputs.length, nodes: [node] })}`;
  const ofFormula = answers.get(emit) ?? new Map<string, number>();
  answers.set(emit, ofFormula);
  const known = ofFormula.get(key);
  if (known !== undefined) return known;
  const k = new Scales(anyTarget);
  const values = types.operands.map((dtype) => {
    if (dtype === undefined) return undefined;
    const kind = isFloat(dtype) ? "f32" : "i32";
    const value = k.splat(k.node("argument", [], { word: 0 }, kind), `vec ${kind}`);
    return dtype === "i64" ? { low: value, high: value } : value;
  });
  const answer = emitted(k, { op, attributes }, values, types) === undefined ? 0 : k.weight;
  ofFormula.set(key, answer);
  return answer;
}
