import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { Emit } from "../../ops/emit.ts";
import { resolveOp } from "../../ops/registered.ts";
import type { DType } from "../../tensor/dtype.ts";
import type { Expression } from "./expression.ts";

/** The formula of an operator, where it has one. */
export function emitOf(op: string): Emit<Readonly<Record<string, unknown>>> | undefined {
  return (resolveOp(op) as { readonly emit?: Emit<Readonly<Record<string, unknown>>> }).emit;
}

/** The value of an expression in the kernel language. Undefined where an operator has no formula for its dtypes. */
export function evaluateExpression(
  k: Builder,
  { operands, nodes }: Expression,
  values: readonly Node[],
  dtypes: readonly DType[],
): Node | undefined {
  const known = values.slice(0, operands);
  const types = dtypes.slice(0, operands);
  for (const { op, attributes, inputs, dtype } of nodes) {
    const given = { operands: inputs.map((i) => types[i] as DType), result: dtype };
    const made = emitOf(op)?.(
      k,
      inputs.map((i) => known[i] as Node),
      attributes,
      given,
    );
    if (made === undefined) return undefined;
    known.push(made);
    types.push(dtype);
  }
  return known.at(-1);
}
