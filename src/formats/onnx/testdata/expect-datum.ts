import { expect } from "vitest";
import type { Datum } from "../../../tensor/datum.ts";
import { isTensor } from "../../../tensor/datum.ts";
import type { DType } from "../../../tensor/dtype.ts";
import { fromNumbers, numbers } from "../../../tensor/numbers.ts";
import type { Tensor } from "../../../tensor/tensor.ts";

/** What the scripts of this folder write of a tensor; a sequence is a list. */
export interface PlainTensor {
  readonly dtype: DType;
  readonly shape: number[];
  /** NaN is null, the infinities are words. */
  readonly values: (number | string | boolean | null)[];
}
export type PlainDatum = PlainTensor | PlainDatum[];

export function toDatum(plain: PlainDatum): Datum {
  if (Array.isArray(plain)) return plain.map(toDatum);
  const { dtype, shape, values } = plain;
  return dtype === "string"
    ? { dtype, shape, data: values as string[] }
    : fromNumbers(
        dtype,
        shape,
        values.map((value) => (value === null ? Number.NaN : Number(value))),
      );
}

/** Asserts that a result is what is written: kinds, dtypes and shapes exactly, floats within a relative 2e-5. */
export function expectDatum(actual: Datum | undefined, expected: PlainDatum, what: string): void {
  if (Array.isArray(expected)) {
    expect(actual, what).toHaveLength(expected.length);
    for (const [i, item] of expected.entries()) expectDatum((actual as readonly Datum[])[i], item, `${what}[${i}]`);
    return;
  }
  expect(isTensor(actual), `${what} is a tensor`).toBe(true);
  const { dtype, shape, data } = actual as Tensor;
  expect({ dtype, shape }, what).toEqual({ dtype: expected.dtype, shape: expected.shape });
  if (dtype === "string") expect(data, what).toEqual(expected.values);
  else
    for (const [i, value] of numbers(actual as Tensor).entries())
      expectClose(value, expected.values[i], `${what} at ${i}`);
}

function expectClose(value: number, expected: unknown, what: string): void {
  const wanted = expected === null ? Number.NaN : Number(expected);
  const isSame = Object.is(value, wanted) || Math.abs(value - wanted) <= 1e-6 + 2e-5 * Math.abs(wanted);
  expect(isSame, `${what}: ${value}, expected ${wanted}`).toBe(true);
}
