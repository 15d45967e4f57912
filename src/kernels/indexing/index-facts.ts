import { numbers } from "../../tensor/numbers.ts";
import { elementCount } from "../../tensor/tensor.ts";
import type { TensorFacts } from "../schedule.ts";
import type { IndexForm } from "./place-of-index.ts";

/**
 * How kernels read an operand of indices, tuples of one for each of `limits`; or why they cannot. Indices that are known before the run are
 * checked now.
 */
export function indexForm(indices: TensorFacts, limits: readonly number[]): IndexForm | string {
  const { dtype, shape, constant } = indices;
  if (dtype !== "i64" && dtype !== "i32") return `indices of ${dtype} have no kernels`;
  const depth = limits.length;
  if (depth === 0) return "the indices name no axis";
  if (limits.includes(0) && elementCount(shape) > 0) return "there are no entries to index";
  const known = constant && numbers(constant);
  const outside = known?.findIndex((index, i) => {
    const limit = limits[i % depth] as number;
    return index < -limit || index >= limit;
  });
  if (outside !== undefined && outside >= 0) return `index ${known?.[outside]} is out of range`;
  return { depth, wide: dtype === "i64", checked: known === undefined, fromEnd: true };
}
