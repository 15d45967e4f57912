import type { DType } from "../../tensor/dtype.ts";

/** One operator of an elementwise expression. */
export interface ExpressionNode {
  readonly op: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Below the number of operands, an operand of the expression; from there on, an earlier node; -1 for an operand that was left out. */
  readonly inputs: readonly number[];
  readonly dtype: DType;
}

/** Elementwise operators on each other's results. The last node is the value of the whole. */
export interface Expression {
  readonly operands: number;
  readonly nodes: readonly ExpressionNode[];
}

/** A text that is equal exactly when two expressions compute the same formula from operands of the same dtypes. */
export function expressionKey({ operands, nodes }: Expression): string {
  const list = nodes.map(
    ({ op, attributes, inputs, dtype }) => `${op}${JSON.stringify(attributes, exactly)}(${inputs.join()})${dtype}`,
  );
  return `${operands}:${list.join(";")}`;
}

/** Numbers that JSON has no text of its own for. */
const exactly = (_name: string, value: unknown): unknown =>
  typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0)) ? `${1 / value} ${value}` : value;
