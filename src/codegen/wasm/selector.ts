import type { Node } from "../../ir/node.ts";
import type { Target } from "../../ir/target.ts";
import type { FunctionWriter, ValueType } from "./function-writer.ts";
import type { Mnemonic } from "./instructions.ts";

/** What a selection rule may do: put operands on the stack, in order and once each, and append instructions. */
export interface Selector {
  readonly target: Target;
  readonly op: FunctionWriter["op"];
  /** Puts a value on the stack. */
  push(node: Node | undefined): void;
  /** A local for use within one rule; `slot` tells those of one type apart. */
  temporary(type: ValueType, slot: number): number;
}

/** Emits the instructions of one leaf; its value, if any, is then on the stack. */
export type Rule = (s: Selector, node: Node) => void;

/** Pushes all operands, then appends the instruction. */
export function simple(s: Selector, node: Node, mnemonic: Mnemonic): void {
  for (const arg of node.args) s.push(arg);
  s.op(mnemonic);
}
