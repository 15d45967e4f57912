import { knownDims } from "../graph/known-dims.ts";
import { tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import type { DType } from "../tensor/dtype.ts";
import { is64BitInteger, isFloat } from "../tensor/dtype.ts";
import type { NumberArray } from "../tensor/numbers.ts";
import { bigints, fromBigints, fromNumbers, numbers } from "../tensor/numbers.ts";
import { rowMajorStrides } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { resolveAxes } from "./axis.ts";
import { stridedIndexes } from "./broadcast-indexes.ts";
import type { DTypeClass } from "./dtype-class.ts";
import { requireDType } from "./dtype-class.ts";
import { dimsWithin, integerRange } from "./integer-range.ts";
import type { OpConstructor } from "./op.ts";
import { op } from "./op.ts";
import { tensorOperand } from "./tensor-operand.ts";

export type ReduceAttributes = {
  /** The axes that go; all of them when left out. An empty list reduces nothing. */
  readonly axes?: readonly number[];
  /** True to keep reduced axes as dims of 1. Off when left out. */
  readonly keepDims?: boolean;
};

export interface ReductionDefinition {
  /** The result over no elements, for a dtype. */
  readonly start: (dtype: DType) => number;
  /** Takes `count` elements, `stride` apart from `from` on, into the total. A loop of its own, so that it is compiled for itself. */
  readonly run: (total: number, data: NumberArray, from: number, count: number, stride: number) => number;
  /** The same for one 64-bit integer. */
  readonly big: (total: bigint, x: bigint) => bigint;
  readonly finish?: (total: number, count: number) => number;
  readonly finishBig?: (total: bigint, count: bigint) => bigint;
  /** The reduction of the elements of a symbolic vector; undefined where it cannot be decided. */
  readonly dim?: (dims: readonly Dim[]) => Dim | undefined;
  readonly on: DTypeClass | "numeric or bool";
}

/** A reduction with its definition kept in sight. */
export interface ReductionOp extends OpConstructor<readonly ["x"], ReduceAttributes> {
  readonly reduction: ReductionDefinition;
}

/** Declares a reduction over axes. Sums are f64 and rounded to the dtype once; 64-bit integers are exact and wrap. */
export function reduction(name: string, definition: ReductionDefinition): ReductionOp {
  const { dim } = definition;
  const declared = op(name, ["x"], {
    infer([x], attributes: ReduceAttributes) {
      const { dtype, shape } = tensorOperand(x, "x");
      if (!(dtype === "bool" && definition.on === "numeric or bool"))
        requireDType(dtype, definition.on === "numeric or bool" ? "numeric" : definition.on, "x");
      return tensorType(dtype, reducedShape(shape, attributes));
    },
    eval: ([x], attributes: ReduceAttributes) => evalReduction(definition, x, attributes),
    ...(dim && { dims: ([x], attributes: ReduceAttributes) => reducedVector(x, attributes, dim) }),
  });
  return Object.assign(declared, { reduction: definition });
}

/** The shape that is left; undefined when not even its rank is known. */
export function reducedShape<D extends Dim>(
  shape: readonly D[] | undefined,
  { axes, keepDims = false }: ReduceAttributes,
): readonly (D | 1)[] | undefined {
  if (shape === undefined) return axes === undefined && !keepDims ? [] : undefined;
  const reduced = axes === undefined ? shape.map((_dim, axis) => axis) : resolveAxes(axes, shape.length);
  if (keepDims) return shape.map((dim, axis) => (reduced.includes(axis) ? 1 : dim));
  return shape.filter((_dim, axis) => !reduced.includes(axis));
}

function reducedVector(
  x: Value,
  { axes }: ReduceAttributes,
  dim: (dims: readonly Dim[]) => Dim | undefined,
): readonly Dim[] | undefined {
  const known = knownDims(x);
  const { dtype, shape } = tensorOperand(x, "x");
  if (known === undefined || shape === undefined) return undefined;
  if (shape.length === 0 || axes?.length === 0) return known;
  const total = dim(known);
  return total === undefined ? undefined : dimsWithin([total], dtype);
}

/** A reduction at run time. */
export function evalReduction(definition: ReductionDefinition, x: Tensor, attributes: ReduceAttributes): Tensor {
  const shape = reducedShape(x.shape, attributes) as readonly number[];
  const { axes } = attributes;
  if (axes !== undefined && axes.length === 0 && definition.finish === undefined) return x;
  const reduced = axes === undefined ? x.shape.map((_dim, axis) => axis) : resolveAxes(axes, x.shape.length);
  const kept = x.shape.map((_dim, axis) => axis).filter((axis) => !reduced.includes(axis));
  const loops: Loops = { outer: offsetsAlong(x.shape, kept), ...innerLoops(x.shape, reduced) };
  return is64BitInteger(x.dtype) ? reduceBig(definition, x, shape, loops) : reduceNumbers(definition, x, shape, loops);
}

/** Where each result starts; and from there the starts of the runs that are summed, each `count` elements `stride` apart. */
interface Loops {
  readonly outer: Float64Array;
  readonly starts: Float64Array;
  readonly count: number;
  readonly stride: number;
}

function reduceNumbers(definition: ReductionDefinition, x: Tensor, shape: readonly number[], loops: Loops): Tensor {
  const { outer, starts, count, stride } = loops;
  const { run, finish } = definition;
  const source = numbers(x);
  const total = starts.length * count;
  const target = x.dtype === "f32" ? new Float32Array(outer.length) : new Float64Array(outer.length);
  const start = definition.start(x.dtype);
  for (let i = 0; i < outer.length; i++) {
    let sum = start;
    const from = outer[i]!;
    for (let j = 0; j < starts.length; j++) sum = run(sum, source, from + starts[j]!, count, stride);
    target[i] = finish === undefined ? sum : finish(sum, total);
  }
  return fromNumbers(x.dtype, shape, target);
}

function reduceBig(definition: ReductionDefinition, x: Tensor, shape: readonly number[], loops: Loops): Tensor {
  const { outer, starts, count, stride } = loops;
  const { big, finishBig } = definition;
  const source = bigints(x);
  const total = BigInt(starts.length * count);
  const start = bigStart(definition.start(x.dtype), x.dtype === "u64");
  const target = x.dtype === "u64" ? new BigUint64Array(outer.length) : new BigInt64Array(outer.length);
  for (let i = 0; i < outer.length; i++) {
    let sum = start;
    for (let j = 0; j < starts.length; j++) {
      for (let n = 0, at = outer[i]! + starts[j]!; n < count; n++, at += stride) sum = big(sum, source[at]!);
    }
    target[i] = finishBig === undefined ? sum : finishBig(sum, total);
  }
  return fromBigints(x.dtype, shape, target);
}

/** The start as a bigint; the infinities stand for the ends of the type's range. */
function bigStart(start: number, unsigned: boolean): bigint {
  if (Number.isFinite(start)) return BigInt(start);
  if (start > 0) return unsigned ? 2n ** 64n - 1n : 2n ** 63n - 1n;
  return unsigned ? 0n : -(2n ** 63n);
}

/** The reduced axes as runs: the last of them (joined with those before it where they lie next to each other) is the run. */
function innerLoops(shape: readonly number[], reduced: readonly number[]): Omit<Loops, "outer"> {
  const axes = [...reduced].sort((a, b) => a - b);
  const strides = rowMajorStrides(shape);
  const last = axes.pop();
  if (last === undefined) return { starts: Float64Array.of(0), count: 1, stride: 1 };
  let count = shape[last]!;
  for (let first = last; axes.length > 0 && axes[axes.length - 1] === first - 1; ) {
    first = axes.pop() as number;
    count *= shape[first]!;
  }
  return { starts: offsetsAlong(shape, axes), count, stride: strides[last]! };
}

/** The offset of every index along some axes of a row-major block, in row-major order. */
function offsetsAlong(shape: readonly number[], axes: readonly number[]): Float64Array {
  const strides = rowMajorStrides(shape);
  return stridedIndexes(
    axes.map((axis) => shape[axis]!),
    axes.map((axis) => strides[axis]!),
  );
}

/** The ends of a dtype's range, where a maximum and a minimum over no elements lie. 64-bit integers answer infinities, as floats do. */
export const rangeOf = (dtype: DType): readonly [lowest: number, highest: number] =>
  isFloat(dtype) || is64BitInteger(dtype) ? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] : integerRange(dtype);
