import { isConstant } from "../../graph/leaves.ts";
import type { Value } from "../../graph/value.ts";
import { expand } from "../../ops/expand.ts";
import { reshape } from "../../ops/reshape.ts";
import { dtypeOf } from "../dtype-of.ts";
import { sameType } from "../same-type.ts";

/**
 * `factor` as a vector over axis 1 of `whole`, the result of combining `factor` with `part`: undefined unless it is a constant that varies
 * along that axis only, or not at all, and broadcasts nothing.
 */
export function perChannel(factor: Value, part: Value, whole: Value): Value | undefined {
  if (!isConstant(factor) || factor.type.kind !== "tensor" || part.type.kind !== "tensor") return undefined;
  const [shape, full] = [factor.type.shape ?? [], part.type.shape];
  if (full === undefined || !sameType(part, whole) || dtypeOf(factor) !== dtypeOf(part)) return undefined;
  const channels = full[1];
  if (typeof channels !== "number") return undefined;
  if (shape.every((dim) => dim === 1)) return expand(reshape(factor, [1]), [channels]);
  const axis = shape.length - full.length + 1;
  if (axis < 0 || shape[axis] !== channels) return undefined;
  return shape.every((dim, i) => i === axis || dim === 1) ? reshape(factor, [channels]) : undefined;
}
