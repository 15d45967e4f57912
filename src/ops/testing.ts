// What the tests of operators share: values computed without a graph around them, and seeded numbers.

import { evaluate } from "../graph/evaluate.ts";
import { constant } from "../graph/leaves.ts";
import type { Value } from "../graph/value.ts";
import type { DType } from "../tensor/dtype.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";

/** The tensor that a value over constants has. */
export const evalValue = (value: Value): Tensor =>
  evaluate({ name: "test", inputs: [], outputs: [{ name: "y", value }] }, [])[0] as Tensor;

/** A constant of the given elements. */
export const constantOf = (dtype: DType, shape: readonly number[], values: ArrayLike<number>): Value =>
  constant(fromNumbers(dtype, shape, values));

/** A constant of f32 values between -2.5 and 2.5: (arange(n) * 7 % 11 - 5) / 2 in numpy. */
export const steps = (shape: readonly number[]): Value =>
  constantOf(
    "f32",
    shape,
    Array.from({ length: elementCount(shape) }, (_unused, i) => (((i * 7) % 11) - 5) / 2),
  );

/** The elements of a value over constants, as plain numbers. */
export const elements = (value: Value): number[] => Array.from(numbers(evalValue(value)));

/** Integers from `least` to `most`, the same ones for the same seed. */
export function seededIntegers(seed: number): (least: number, most: number) => number {
  let state = seed >>> 0;
  return (least, most) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return least + Math.floor((state / 2 ** 32) * (most - least + 1));
  };
}
