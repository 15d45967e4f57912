import type { TensorType } from "../graph/type.ts";
import { formatType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import { is64BitInteger, isInteger } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";
import { bigints, fromBigints, fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { requireDType } from "./dtype-class.ts";
import { copyRun, copySlots, fromSlots, slotsOf } from "./slots.ts";
import { tensorOperand } from "./tensor-operand.ts";

/** What becomes of an element that an update meets: replaced, or combined with it. */
export type ScatterReduction = "none" | "add" | "mul" | "min" | "max";

const onNumbers = {
  add: (a: number, b: number) => a + b,
  mul: (a: number, b: number) => a * b,
  min: Math.min,
  max: Math.max,
};
const onBigints = {
  add: (a: bigint, b: bigint) => a + b,
  mul: (a: bigint, b: bigint) => a * b,
  min: (a: bigint, b: bigint) => (a < b ? a : b),
  max: (a: bigint, b: bigint) => (a > b ? a : b),
};

/**
 * x with runs of `run` neighbouring elements of the updates written at, or combined into, the offsets `places`, in order. Combining
 * is done in f64 (64-bit integers exactly) and rounded once.
 */
export function scatterInto(
  x: Tensor,
  updates: Tensor,
  places: ArrayLike<number>,
  run: number,
  reduction: ScatterReduction,
): Tensor {
  if (reduction === "none") return replaceRuns(x, updates, places, run);
  if (is64BitInteger(x.dtype) || (reduction === "mul" && isInteger(x.dtype))) {
    const target = bigints(x).slice();
    combineRuns(target as BigInt64Array, bigints(updates), places, run, onBigints[reduction]);
    return fromBigints(x.dtype, x.shape, target);
  }
  const target = Float64Array.from(numbers(x));
  combineRuns(target, numbers(updates), places, run, onNumbers[reduction]);
  return fromNumbers(x.dtype, x.shape, target);
}

function replaceRuns(x: Tensor, updates: Tensor, places: ArrayLike<number>, run: number): Tensor {
  const [source, target] = [slotsOf(updates), copySlots(x)];
  const slots = run * source.width;
  for (let i = 0; i < places.length; i++) {
    copyRun(source.data, i * slots, target.data, places[i]! * source.width, slots);
  }
  return fromSlots(target, x.shape);
}

function combineRuns<T>(
  target: { [i: number]: T },
  source: { readonly [i: number]: T },
  places: ArrayLike<number>,
  run: number,
  combine: (a: T, b: T) => T,
): void {
  for (let i = 0; i < places.length; i++) {
    for (let j = 0; j < run; j++) target[places[i]! + j] = combine(target[places[i]! + j]!, source[i * run + j]!);
  }
}

/** The type of a scatter: that of x. Throws ShapeError when the updates are of another dtype, or cannot be combined. */
export function scatterType(x: Value, updates: Value, reduction: ScatterReduction): TensorType {
  const type = tensorOperand(x, "x");
  if (tensorOperand(updates, "updates").dtype !== type.dtype) {
    throw new ShapeError(
      `updates must have the dtype of x, got ${formatType(updates.type)} for x ${formatType(type)}.`,
    );
  }
  if (reduction !== "none") requireDType(type.dtype, "numeric", "x");
  return type;
}
