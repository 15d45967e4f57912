import { resolveAxis } from "../../ops/axis.ts";
import { elementCount } from "../../tensor/tensor.ts";
import type { TensorFacts } from "../schedule.ts";

/** A tensor as rows of the elements that are normalised together. */
export interface NormRows {
  readonly rows: number;
  readonly n: number;
}

/** Rows over the axes from `axis` on. */
export function normRows({ shape }: TensorFacts, axis: number): NormRows {
  const at = resolveAxis(axis, shape.length);
  return { rows: elementCount(shape.slice(0, at)), n: elementCount(shape.slice(at)) };
}

/** Whether a parameter has an element for each of the n of a row, the same for all rows. */
export function isPerElement({ shape }: TensorFacts, x: TensorFacts, n: number): boolean {
  const trailing = shape.every((dim, i) => dim === x.shape[x.shape.length - shape.length + i]);
  const ones = shape.findIndex((dim) => dim !== 1);
  const kept = ones < 0 ? [] : shape.slice(ones);
  const isTail = kept.every((dim, i) => dim === x.shape[x.shape.length - kept.length + i]);
  return elementCount(shape) === n && (trailing || isTail);
}
