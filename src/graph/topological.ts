import type { Value } from "./value.ts";

/**
 * Every value that `roots` depend on, operands before users, each once. Iterative: depth is bounded by memory only.
 * `operandsOf` lets a rewriter look through replaced values.
 */
export function topological(
  roots: Iterable<Value>,
  operandsOf: (value: Value) => readonly Value[] = (value) => value.operands,
): Value[] {
  const order: Value[] = [];
  const entered = new Set<Value>();
  const done = new Set<Value>();
  const stack = [...roots].reverse();
  while (stack.length > 0) {
    const value = stack[stack.length - 1] as Value;
    if (done.has(value)) {
      stack.pop();
    } else if (entered.has(value)) {
      done.add(value);
      order.push(value);
      stack.pop();
    } else {
      entered.add(value);
      const operands = operandsOf(value);
      for (let i = operands.length - 1; i >= 0; i--) {
        const operand = operands[i] as Value;
        if (!entered.has(operand)) stack.push(operand);
      }
    }
  }
  return order;
}
