/** Tensors for tests: from a seed, so that a failure can be repeated. */
import { seed } from "../../../test/support/seed.ts";
import type { DType } from "../../tensor/dtype.ts";
import { fromBigints, fromNumbers } from "../../tensor/numbers.ts";
import { createRandom } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { allocate, elementCount } from "../../tensor/tensor.ts";

/** Random bits. */
export function randomBits(dtype: DType, shape: readonly number[], salt = 0): Tensor {
  const random = createRandom(`${seed} ${salt}`);
  const data = allocate(dtype, elementCount(shape)) as Uint8Array;
  const bytes = new Uint8Array(data.buffer);
  for (let i = 0; i < bytes.length; i++) bytes[i] = random.int(0, 256);
  return { dtype, shape, data };
}

/** Whole numbers from `low` to `high` - 1. */
export function randomIntegers(dtype: DType, shape: readonly number[], low: number, high: number): Tensor {
  const random = createRandom(`${seed} ${shape}`);
  return fromNumbers(
    dtype,
    shape,
    Float64Array.from({ length: elementCount(shape) }, () => random.int(low, high)),
  );
}

/** Numbers of a few magnitudes around 0. */
export function randomNumbers(dtype: DType, shape: readonly number[], salt = 0): Tensor {
  const random = createRandom(`${seed} ${salt}`);
  const values = Array.from({ length: elementCount(shape) }, () => random.uniform() * 2 ** random.int(-3, 4));
  return fromNumbers(dtype, shape, Float64Array.from(values));
}

/** A vector of i64. */
export const integers = (...values: readonly number[]): Tensor =>
  fromBigints("i64", [values.length], BigInt64Array.from(values, BigInt));
