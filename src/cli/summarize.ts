import { createHash } from "node:crypto";
import type { Datum } from "../tensor/datum.ts";
import { isTensor } from "../tensor/datum.ts";
import { dtypes, is64BitInteger } from "../tensor/dtype.ts";
import { bigints, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { jsonNumber } from "./format.ts";

/** An element as JSON holds it: 64-bit integers beyond 2^53, NaN and infinities are texts, complex numbers pairs. */
export type JsonElement = number | string | boolean | readonly [JsonElement, JsonElement];

export interface TensorSummary {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Of the raw little-endian bytes; for strings of their UTF-8, a zero byte after each. */
  readonly sha256: string;
  readonly first: readonly JsonElement[];
  /** Null for dtypes without an order, and for no elements; NaN when one element is. */
  readonly min: number | string | null;
  readonly max: number | string | null;
  readonly mean: number | string | null;
}

const shown = 8;

/** The tensors in an output: itself, or the parts of a sequence, optional or map, named `y[0]`. */
export function tensorsIn(name: string, datum: Datum): readonly (readonly [string, Tensor])[] {
  if (datum === null) return [];
  if (isTensor(datum)) return [[name, datum]];
  const parts = Array.isArray(datum) ? [...datum.entries()] : [...(datum as ReadonlyMap<string | bigint, Datum>)];
  return parts.flatMap(([key, part]) => tensorsIn(`${name}[${String(key)}]`, part as Datum));
}

/** What an output holds, a summary each tensor. An empty sequence, optional or map has one too, with its kind in place of a dtype. */
export function summarize(name: string, kind: string, datum: Datum): readonly TensorSummary[] {
  const tensors = tensorsIn(name, datum);
  if (tensors.length > 0) return tensors.map(([part, tensor]) => summarizeTensor(part, tensor));
  const nothing = { first: [], min: null, max: null, mean: null };
  return [{ name, dtype: kind, shape: [0], sha256: createHash("sha256").digest("hex"), ...nothing }];
}

function summarizeTensor(name: string, tensor: Tensor): TensorSummary {
  const { dtype, shape } = tensor;
  return { name, dtype, shape, sha256: hashTensor(tensor), first: firstElements(tensor), ...statistics(tensor) };
}

function hashTensor({ dtype, data }: Tensor): string {
  const hash = createHash("sha256");
  if (dtype === "string") for (const text of data as string[]) hash.update(`${text}\0`);
  else {
    const { buffer, byteOffset, byteLength } = data as Uint8Array;
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest("hex");
}

function firstElements({ dtype, shape, data }: Tensor): readonly JsonElement[] {
  if (dtype === "string") return (data as string[]).slice(0, shown);
  const { kind } = dtypes[dtype];
  if (kind === "complex") {
    const parts = Array.from((data as Float64Array).subarray(0, 2 * shown), jsonNumber);
    return Array.from(
      { length: parts.length / 2 },
      (_unused, i) => [parts[2 * i] ?? 0, parts[2 * i + 1] ?? 0] as const,
    );
  }
  if (is64BitInteger(dtype)) return Array.from((data as BigInt64Array).subarray(0, shown), jsonBigint);
  const values = numbers({ dtype, shape, data }).subarray(0, shown);
  return kind === "bool" ? Array.from(values, (value) => value !== 0) : Array.from(values, jsonNumber);
}

function jsonBigint(value: bigint): number | string {
  return BigInt.asIntN(54, value) === value && Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}

function statistics(tensor: Tensor): Pick<TensorSummary, "min" | "max" | "mean"> {
  const { kind } = dtypes[tensor.dtype];
  if (kind === "string" || kind === "complex") return { min: null, max: null, mean: null };
  const values = is64BitInteger(tensor.dtype) ? bigints(tensor) : numbers(tensor);
  if (values.length === 0) return { min: null, max: null, mean: null };
  let [min, max, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const element of values) {
    const value = Number(element);
    // Math.min and Math.max pass NaN on.
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
  }
  return { min: jsonNumber(min), max: jsonNumber(max), mean: jsonNumber(sum / values.length) };
}
