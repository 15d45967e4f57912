import { constantOf } from "../fold-integer.ts";
import type { Node } from "../node.ts";

/** Σ coefficient · value + perLane · lanes + constant, in i32 arithmetic. */
export interface Affine {
  readonly terms: Map<Node, number>;
  constant: number;
  /** Of the lanes of a target that has no constant number of them. */
  perLane: number;
}

/** Adds `scale` times an i32 value to an affine sum, looking through sums, differences and products with constants. */
export function addAffine(sum: Affine, node: Node, scale: number): void {
  const value = constantOf(node);
  if (value !== undefined) {
    sum.constant = (sum.constant + Math.imul(value, scale)) | 0;
    return;
  }
  const a = node.args[0];
  const b = node.args[1];
  const x = a && constantOf(a);
  const y = b && constantOf(b);
  if (node.op === "lanes") sum.perLane = (sum.perLane + scale) | 0;
  else if ((node.op === "iadd" || node.op === "isub") && a && b) {
    addAffine(sum, a, scale);
    addAffine(sum, b, node.op === "iadd" ? scale : -scale);
  } else if (node.op === "imul" && a && y !== undefined) addAffine(sum, a, Math.imul(scale, y));
  else if (node.op === "imul" && b && x !== undefined) addAffine(sum, b, Math.imul(scale, x));
  else {
    const total = ((sum.terms.get(node) ?? 0) + scale) | 0;
    if (total === 0) sum.terms.delete(node);
    else sum.terms.set(node, total);
  }
}
