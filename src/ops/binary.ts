import { knownDims } from "../graph/known-dims.ts";
import type { TensorType } from "../graph/type.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Builder } from "../ir/builder.ts";
import type { Node } from "../ir/node.ts";
import type { Wide } from "../ir/wide.ts";
import type { Dim } from "../tensor/dim.ts";
import { unknownDim } from "../tensor/dim.ts";
import type { DType } from "../tensor/dtype.ts";
import { is64BitInteger, isFloat } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";
import { bigints, fromBigints, fromNumbers, numbers } from "../tensor/numbers.ts";
import { broadcastShapes } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import { broadcastRuns } from "./broadcast-runs.ts";
import { broadcastTypes } from "./broadcast-types.ts";
import type { DTypeClass } from "./dtype-class.ts";
import { requireDType } from "./dtype-class.ts";
import { elementwiseTarget } from "./elementwise-target.ts";
import type { EmitTypes } from "./emit.ts";
import { dimsWithin } from "./integer-range.ts";
import type { OpConstructor } from "./op.ts";
import { op } from "./op.ts";
import { tensorOperand } from "./tensor-operand.ts";
import type { Settings } from "./unary.ts";

/** `count` results from `out` on; the operands begin at `i` and `j` and move by `di` and `dj` from each to the next. */
export interface RunF32 {
  readonly target: Float32Array;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly out: number;
  readonly count: number;
  readonly i: number;
  readonly j: number;
  readonly di: number;
  readonly dj: number;
}

export interface BinaryDefinition<A> {
  /** The formula on two elements of one dtype. Computed in f64 and rounded to the dtype once; integers wrap, quotients truncate; booleans are 0 and 1. */
  readonly eval: (a: number, b: number, attributes: A) => number;
  /** The formula for integers of up to 32 bits, where it differs from `eval`. */
  readonly evalInt?: (a: number, b: number, attributes: A) => number;
  /** The formula for 64-bit integers. A boolean result is 0 or 1. */
  readonly evalBig?: (a: bigint, b: bigint, attributes: A) => bigint | number;
  /** The formula over one run of f32 elements, in a loop of its own: for the few operators in which models spend their time. */
  readonly runF32?: (run: RunF32) => void;
  /** The formula on symbolic dims, for operators that shape arithmetic uses; unknownDim where it cannot be decided. */
  readonly dim?: (a: Dim, b: Dim, attributes: A) => Dim;
  /** The formula for kernels; see Emit. */
  readonly emit?: (k: Builder, operands: readonly [Node, Node], attributes: A, types: EmitTypes) => Node | undefined;
  /** The formula for kernels on i64; see EmitWide. */
  readonly emitWide?: (k: Builder, operands: readonly [Wide, Wide]) => Node | Wide;
  readonly on?: DTypeClass;
  readonly result?: "bool";
  readonly commutative?: boolean;
  /** Triples [a, b, y], and attributes where needed, from a source that is not this code; the tests check them. */
  readonly examples: readonly (readonly [a: number, b: number, y: number, attributes?: A])[];
}

/** A binary elementwise operator with numpy broadcasting, its formula kept in sight. */
export interface BinaryOp<A> extends OpConstructor<readonly ["a", "b"], A> {
  readonly binary: BinaryDefinition<A>;
}

/** Declares an elementwise operator of two operands of one dtype. */
export function binary<A extends Settings = Record<never, never>>(
  name: string,
  definition: BinaryDefinition<A>,
): BinaryOp<A> {
  const { on = "numeric", result, commutative = false, dim, emit, emitWide } = definition;
  const declared = op(name, ["a", "b"], {
    commutative,
    infer(operands) {
      const [a, b] = operands.map((value, i) => tensorOperand(value, "ab".charAt(i))) as [TensorType, TensorType];
      requireDType(a.dtype, on, "a");
      if (a.dtype !== b.dtype) {
        throw new ShapeError(`the dtypes differ: a ${formatType(a)}, b ${formatType(b)}; cast one of them.`);
      }
      return tensorType(result ?? a.dtype, broadcastTypes(operands, ["a", "b"]));
    },
    eval: ([a, b], attributes: A) => evalBinary(definition, a, b, attributes),
    ...(emit && {
      emit: (k, operands, attributes: A, types) => emit(k, operands as [Node, Node], attributes, types),
    }),
    ...(emitWide && { emitWide: (k, operands) => emitWide(k, operands as [Wide, Wide]) }),
    ...(dim && {
      dims: ([a, b], attributes: A) => {
        const known = pairDims(a, b, (x, y) => dim(x, y, attributes));
        return known && dimsWithin(known, result ?? tensorOperand(a, "a").dtype);
      },
    }),
  });
  return Object.assign(declared, { binary: definition });
}

function pairDims(a: Value, b: Value, formula: (x: Dim, y: Dim) => Dim): readonly Dim[] | undefined {
  const [xs, ys] = [knownDims(a), knownDims(b)];
  if (xs === undefined || ys === undefined) return undefined;
  const count = xs.length === 1 ? ys.length : xs.length;
  const element = (list: readonly Dim[], i: number) => list[list.length === 1 ? 0 : i] ?? unknownDim;
  return Array.from({ length: count }, (_unused, i) => formula(element(xs, i), element(ys, i)));
}

function evalBinary<A>(definition: BinaryDefinition<A>, a: Tensor, b: Tensor, attributes: A): Tensor {
  const shape = broadcastShapes(a.shape, b.shape);
  const count = elementCount(shape);
  const dtype: DType = definition.result ?? a.dtype;
  const { eval: formula, evalInt = formula, evalBig } = definition;
  if (evalBig !== undefined && is64BitInteger(a.dtype)) {
    const pair: Pair<bigint> = { x: bigints(a), y: bigints(b), shapes: [a.shape, b.shape] };
    if (dtype === "bool")
      return fromNumbers(dtype, shape, zip(pair, shape, new Uint8Array(count), evalBig, attributes));
    return fromBigints(dtype, shape, zip(pair, shape, new BigInt64Array(count), evalBig, attributes));
  }
  const [x, y] = a.dtype === "string" ? stringCodes(a, b) : [numbers(a), numbers(b)];
  const shapes = [a.shape, b.shape];
  if (x instanceof Float32Array && y instanceof Float32Array && dtype === "f32") {
    return { dtype, shape, data: zipF32({ x, y, shapes }, shape, definition, attributes) };
  }
  const chosen = isFloat(a.dtype) ? formula : evalInt;
  const target = elementwiseTarget(dtype, count);
  return fromNumbers(dtype, shape, zip({ x, y, shapes }, shape, target, chosen, attributes));
}

interface Pair<X> {
  readonly x: ArrayLike<X>;
  readonly y: ArrayLike<X>;
  readonly shapes: readonly (readonly number[])[];
}

/** Fills the target with the formula of each pair of elements of the operands, broadcast to the shape. */
function zip<X, A, T extends BigInt64Array | Float32Array | Float64Array | Uint8Array>(
  { x, y, shapes }: Pair<X>,
  shape: readonly number[],
  target: T,
  formula: (x: X, y: X, attributes: A) => number | bigint,
  attributes: A,
): T {
  const results = target as { [i: number]: number | bigint };
  broadcastRuns(shapes, shape, (out, count, [i = 0, j = 0], [di = 0, dj = 0]) => {
    for (let n = 0; n < count; n++) results[out + n] = formula(x[i + n * di]!, y[j + n * dj]!, attributes);
  });
  return target;
}

interface PairF32 extends Pair<number> {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** The common case in a loop of its own, which engines compile for f32 alone. */
function zipF32<A>(
  { x, y, shapes }: PairF32,
  shape: readonly number[],
  { eval: formula, runF32 }: BinaryDefinition<A>,
  attributes: A,
): Float32Array {
  const target = new Float32Array(elementCount(shape));
  broadcastRuns(shapes, shape, (out, count, at, steps) => {
    const i = at[0]!;
    const j = at[1]!;
    const di = steps[0]!;
    const dj = steps[1]!;
    if (runF32 !== undefined) runF32({ target, x, y, out, count, i, j, di, dj });
    else for (let n = 0; n < count; n++) target[out + n] = formula(x[i + n * di]!, y[j + n * dj]!, attributes);
  });
  return target;
}

/** Numbers that are equal where the strings are. */
function stringCodes(a: Tensor, b: Tensor): [Float64Array, Float64Array] {
  const codes = new Map<string, number>();
  const encode = ({ data }: Tensor) =>
    Float64Array.from(data as string[], (text) => {
      const code = codes.get(text) ?? codes.size;
      codes.set(text, code);
      return code;
    });
  return [encode(a), encode(b)];
}
