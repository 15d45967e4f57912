import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { Activation } from "../../ops/activation.ts";
import type { DType } from "../../tensor/dtype.ts";
import { emitOf, evaluateExpression, hasFormula } from "../elementwise/evaluate-expression.ts";
import type { Expression } from "../elementwise/expression.ts";
import { expressionKey } from "../elementwise/expression.ts";
import type { StepFacts, TensorFacts } from "../schedule.ts";

/** What is done with a sum before it is stored. */
export interface Finish {
  /** The operands that it takes beside the sum, by number. */
  readonly others: readonly number[];
  /** From the sum and an element of each of the others; undefined where the sum is the result. */
  readonly formula: ((k: Builder, sum: Node, ...others: Node[]) => Node) | undefined;
  /** Equal exactly when the formulas are. */
  readonly key: string;
}

export interface FinishRequest {
  /** The dtype of the operator's own result. */
  readonly dtype: DType;
  readonly activation?: Activation | undefined;
  /** The number of the operand that is added to every row, where the operator has one. */
  readonly bias?: number;
}

/** Bias, activation, then the step's expression; or in words what has no formula. */
export function finishOf(
  { operands, expression, extras }: StepFacts,
  { dtype, activation, bias = -1 }: FinishRequest,
): Finish | string {
  const isBiased = bias < extras && operands[bias] !== undefined;
  const more = operands.slice(extras).map((_, i) => extras + i);
  const dtypes = [dtype, ...more.map((index) => (operands[index] as TensorFacts).dtype)];
  const alone = { operands: [dtype], result: dtype };
  if (activation && !hasFormula(activation, {}, alone)) return `${activation} has no formula for ${dtype}`;
  const odd = expression && withoutFormula(expression, dtypes);
  if (odd !== undefined) return `${odd} has no formula for its dtypes`;
  const formula = (k: Builder, sum: Node, ...others: Node[]): Node => {
    const total = isBiased ? k.add(sum, others[0] as Node) : sum;
    const active = activation ? (emitOf(activation)?.(k, [total], {}, alone) as Node) : total;
    const values = [active, ...others.slice(isBiased ? 1 : 0)];
    return expression ? evaluateExpression(k, expression, { values, dtypes }) : active;
  };
  return {
    others: [...(isBiased ? [bias] : []), ...more],
    formula: isBiased || activation || expression ? formula : undefined,
    key: `${isBiased ? "bias" : ""} ${activation ?? ""} ${expression ? `${expressionKey(expression)} ${dtypes.join()}` : ""}`,
  };
}

/** The first operator of an expression that has no formula. */
function withoutFormula({ operands, nodes }: Expression, dtypes: readonly DType[]): string | undefined {
  const types: (DType | undefined)[] = dtypes.slice(0, operands);
  const odd = nodes.find(({ op, attributes, inputs, dtype }) => {
    const given = { operands: inputs.map((i) => types[i]), result: dtype };
    types.push(dtype);
    return !hasFormula(op, attributes, given);
  });
  return odd?.op;
}
