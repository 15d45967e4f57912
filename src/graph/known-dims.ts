import type { Dim } from "../tensor/dim.ts";
import { isInteger } from "../tensor/dtype.ts";
import { bigints } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import { constantTensor } from "./leaves.ts";
import type { Value } from "./value.ts";

const limit = 1024;
const cache = new WeakMap<Value, readonly Dim[] | null>();

const fromTensor = (held: Tensor): readonly Dim[] | undefined => {
  const { dtype, shape } = held;
  if (!(isInteger(dtype) || dtype === "bool") || shape.length > 1 || elementCount(shape) > limit) return undefined;
  return Array.from(bigints(held), (element) => {
    return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(element)));
  });
};

/**
 * The elements of an integer or boolean scalar or vector as dims (false 0, true 1), where they are known: constants,
 * shapes, and arithmetic on them. Constants beyond ±(2^53 - 1), such as "to the end" of a slice, are cut to that.
 * Single elements may be unknownDim. Undefined for anything else or over 1024 elements.
 */
export function knownDims(value: Value): readonly Dim[] | undefined {
  const cached = cache.get(value);
  if (cached !== undefined) return cached ?? undefined;
  const { type } = value;
  let result: readonly Dim[] | undefined;
  if (type.kind === "tensor" && (type.shape?.length ?? 2) <= 1 && (isInteger(type.dtype) || type.dtype === "bool")) {
    const held = constantTensor(value);
    result = held === undefined ? value.op.dims?.(value.operands, value.attributes) : fromTensor(held);
  }
  cache.set(value, result ?? null);
  return result;
}

/** The elements as plain numbers, where all are known ones. */
export function knownNumbers(value: Value): readonly number[] | undefined {
  const dims = knownDims(value);
  return dims?.every((dim) => typeof dim === "number") ? (dims as readonly number[]) : undefined;
}
