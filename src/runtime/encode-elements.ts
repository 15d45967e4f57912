import type { DType } from "../tensor/dtype.ts";
import { dtypes, is64BitInteger } from "../tensor/dtype.ts";
import { UsageError } from "../tensor/errors.ts";
import { fromBigints, fromNumbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { describeFeed } from "./describe-feed.ts";

/**
 * Elements that a caller lists (numbers, bigints, booleans; strings for the string dtype) in the storage of a dtype. A complex element is
 * two numbers. Throws UsageError naming the input and the first element that does not fit: none wraps and none is cut.
 */
export function encodeElements(name: string, dtype: DType, elements: readonly unknown[]): Tensor["data"] {
  const fits = dtype === "string" ? (element: unknown) => typeof element === "string" : fitting(dtype);
  const wrong = elements.findIndex((element) => !fits(element));
  if (wrong >= 0) {
    const got = describeFeed(elements[wrong]);
    throw new UsageError(`Input "${name}" is ${dtype}: element ${wrong} must be ${wanted(dtype)}, got ${got}.`);
  }
  const shape = [elements.length];
  if (dtype === "string") return [...(elements as string[])];
  if (dtype === "c64") return Float32Array.from(elements as number[], Number);
  if (dtype === "c128") return Float64Array.from(elements as number[], Number);
  if (!is64BitInteger(dtype)) return fromNumbers(dtype, shape, elements.map(Number)).data;
  return fromBigints(
    dtype,
    shape,
    elements.map((element) => BigInt(element as number)),
  ).data;
}

function wanted(dtype: DType): string {
  const range = rangeOf(dtype);
  if (range !== undefined) return `a whole number from ${range[0]} to ${range[1]}`;
  return dtype === "string" ? "a string" : dtype === "bool" ? "a boolean or a number" : "a number";
}

function fitting(dtype: DType): (element: unknown) => boolean {
  const range = rangeOf(dtype);
  if (range === undefined) return isNumeric;
  const [least, most] = range;
  return (element) =>
    isNumeric(element) &&
    (typeof element !== "number" || Number.isInteger(element)) &&
    element >= least &&
    element <= most;
}

const isNumeric = (element: unknown): element is number =>
  typeof element === "number" || typeof element === "bigint" || typeof element === "boolean";

/** The least and the greatest value of an integer type. */
function rangeOf(dtype: DType): readonly [bigint, bigint] | undefined {
  const { kind, bits } = dtypes[dtype];
  if (kind === "uint") return [0n, 2n ** BigInt(bits) - 1n];
  return kind === "int" ? [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n] : undefined;
}
