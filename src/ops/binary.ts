import { knownDims } from "../graph/known-dims.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import type { DType } from "../tensor/dtype.ts";
import { is64BitInteger, isFloat } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";
import { bigints, fromBigints, fromNumbers, numbers } from "../tensor/numbers.ts";
import { broadcastShapes } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import { broadcastPairs } from "./broadcast-pairs.ts";
import { broadcastTypes } from "./broadcast-types.ts";
import type { DTypeClass } from "./dtype-class.ts";
import { requireDType } from "./dtype-class.ts";
import type { OpConstructor } from "./op.ts";
import { op } from "./op.ts";
import { tensorOperand } from "./tensor-operand.ts";
import type { Settings } from "./unary.ts";

export interface BinaryDefinition<A> {
  /** The formula on two elements of one dtype. Computed in f64 and rounded to the dtype once; integers wrap, quotients truncate. */
  readonly eval: (a: number, b: number, attributes: A) => number;
  /** The formula for integers of up to 32 bits, where it differs from `eval`. */
  readonly evalInt?: (a: number, b: number, attributes: A) => number;
  /** The formula for 64-bit integers. A boolean result is 0n or 1n. */
  readonly evalBig?: (a: bigint, b: bigint, attributes: A) => bigint;
  /** The formula on symbolic dims, for operators that shape arithmetic uses; undefined where it cannot be decided. */
  readonly dim?: (a: Dim, b: Dim, attributes: A) => Dim | undefined;
  readonly on?: DTypeClass;
  readonly result?: "bool";
  readonly commutative?: boolean;
  /** Triples [a, b, y] from a source that is not this code; the tests check them. */
  readonly examples: readonly (readonly [number, number, number])[];
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
  const { on = "numeric", result, commutative = false, dim } = definition;
  const declared = op(name, ["a", "b"], {
    commutative,
    infer(operands) {
      const [a, b] = operands.map((value, i) => tensorOperand(value, i === 0 ? "a" : "b")) as [Tensor2, Tensor2];
      requireDType(a.dtype, on, "a");
      if (a.dtype !== b.dtype)
        throw new ShapeError(`the dtypes differ: a ${formatType(a)}, b ${formatType(b)}; cast one of them.`);
      return tensorType(result ?? a.dtype, broadcastTypes(operands, ["a", "b"]));
    },
    eval: ([a, b], attributes: A) => evalBinary(definition, a, b, attributes),
    ...(dim && { dims: ([a, b], attributes: A) => dimsOfPair(a, b, (x, y) => dim(x, y, attributes)) }),
  });
  return Object.assign(declared, { binary: definition });
}
type Tensor2 = ReturnType<typeof tensorOperand>;

function dimsOfPair(a: Value, b: Value, formula: (x: Dim, y: Dim) => Dim | undefined): readonly Dim[] | undefined {
  const [xs, ys] = [knownDims(a), knownDims(b)];
  if (xs === undefined || ys === undefined) return undefined;
  if (xs.length !== ys.length && xs.length !== 1 && ys.length !== 1) return undefined;
  const count = xs.length === 1 ? ys.length : xs.length;
  const made = Array.from({ length: count }, (_unused, i) =>
    formula(xs[xs.length === 1 ? 0 : i]!, ys[ys.length === 1 ? 0 : i]!),
  );
  return made.every((dim) => dim !== undefined) ? made : undefined;
}

function evalBinary<A>(definition: BinaryDefinition<A>, a: Tensor, b: Tensor, attributes: A): Tensor {
  const shape = broadcastShapes(a.shape, b.shape);
  const dtype: DType = definition.result ?? a.dtype;
  const { eval: formula, evalInt = formula, evalBig } = definition;
  if (evalBig !== undefined && is64BitInteger(a.dtype)) {
    const [xs, ys, target] = [bigints(a), bigints(b), new Array<bigint>(elementCount(shape))];
    broadcastPairs(a.shape, b.shape, shape, (out, i, j) => {
      target[out] = evalBig(xs[i]!, ys[j]!, attributes);
    });
    return fromBigints(dtype, shape, target);
  }
  const [xs, ys, count] = [numbers(a), numbers(b), elementCount(shape)];
  const target = dtype === "f32" ? new Float32Array(count) : new Float64Array(count);
  const chosen = isFloat(a.dtype) ? formula : evalInt;
  broadcastPairs(a.shape, b.shape, shape, (out, i, j) => {
    target[out] = chosen(xs[i]!, ys[j]!, attributes);
  });
  return fromNumbers(dtype, shape, target);
}
