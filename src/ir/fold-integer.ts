import type { Node } from "./node.ts";
import type { Op } from "./operations.ts";

type Fold = (a: number, b: number) => number;

/** The value of an i32 constant. */
export function constantOf(node: Node): number | undefined {
  return node.op === "const" && node.type === "i32" ? (node.immediate["value"] as number) : undefined;
}

/** Operations of scalar i32 that are done at once when both operands are known. */
export const integerFolds: Partial<Record<Op, Fold>> = {
  iadd: (a, b) => (a + b) | 0,
  isub: (a, b) => (a - b) | 0,
  imul: (a, b) => Math.imul(a, b),
  imin: Math.min,
  imax: Math.max,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  idiv: (a, b) => Math.floor((a >>> 0) / (b >>> 0)) | 0,
  irem: (a, b) => ((a >>> 0) % (b >>> 0)) | 0,
};

/**
 * What an operation of `integerFolds` comes to when operands are known: a constant, one of the operands, or undefined.
 * Floats are never folded.
 */
export function foldInteger(op: Op, fold: Fold, args: readonly Node[]): number | Node | undefined {
  const a = args[0];
  const b = args[1];
  if (a?.type !== "i32" || b?.type !== "i32") return undefined;
  const x = constantOf(a);
  const y = constantOf(b);
  if (x === undefined && y === undefined) return undefined;
  if (x !== undefined && y !== undefined) return y === 0 && (op === "idiv" || op === "irem") ? undefined : fold(x, y);
  if (op === "iadd") return x === 0 ? b : y === 0 ? a : undefined;
  if (op === "isub" && y === 0) return a;
  if (op === "imul") return x === 1 ? b : y === 1 ? a : x === 0 || y === 0 ? 0 : undefined;
  return op === "idiv" && y === 1 ? a : undefined;
}
