import { knownDims } from "../graph/known-dims.ts";
import { tensorType } from "../graph/type.ts";
import type { Builder } from "../ir/builder.ts";
import type { Node } from "../ir/node.ts";
import type { Wide } from "../ir/wide.ts";
import type { Dim } from "../tensor/dim.ts";
import type { DType } from "../tensor/dtype.ts";
import { is64BitInteger } from "../tensor/dtype.ts";
import { bigints, fromBigints, fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { DTypeClass } from "./dtype-class.ts";
import { requireDType } from "./dtype-class.ts";
import { elementwiseTarget } from "./elementwise-target.ts";
import type { EmitTypes } from "./emit.ts";
import { dimsWithin } from "./integer-range.ts";
import type { OpConstructor } from "./op.ts";
import { op } from "./op.ts";
import { tensorOperand } from "./tensor-operand.ts";

/** Attributes of elementwise operators are plain numbers, strings and flags. */
export type Settings = Readonly<Record<string, number | string | boolean | undefined>>;

export interface UnaryDefinition<A> {
  /** The formula on one element. Computed in f64 and rounded to the dtype once; integers wrap; booleans are 0 and 1. */
  readonly eval: (x: number, attributes: A) => number;
  /** The formula for 64-bit integers, where f64 would not be exact. Needed for integer operators only. */
  readonly evalBig?: (x: bigint, attributes: A) => bigint;
  /** The formula on a symbolic dim, for operators that shape arithmetic uses. */
  readonly dim?: (x: Dim, attributes: A) => Dim;
  /** The formula for kernels; see Emit. */
  readonly emit?: (k: Builder, x: Node, attributes: A, types: EmitTypes) => Node | undefined;
  /** The formula for kernels on i64; see EmitWide. */
  readonly emitWide?: (k: Builder, x: Wide) => Wide;
  readonly on?: DTypeClass;
  /** `bool` for predicates; else the dtype of the operand. */
  readonly result?: "bool";
  /** Pairs [x, y], and attributes where needed, from a source that is not this code; the tests check them. */
  readonly examples: readonly (readonly [x: number, y: number, attributes?: A])[];
}

/** A unary elementwise operator with its formula kept in sight, for tests and code generation. */
export interface UnaryOp<A> extends OpConstructor<readonly ["x"], A> {
  readonly unary: UnaryDefinition<A>;
}

/** Declares an elementwise operator of one operand. */
export function unary<A extends Settings = Record<never, never>>(
  name: string,
  definition: UnaryDefinition<A>,
): UnaryOp<A> {
  const { on = "float", result, dim, emit, emitWide } = definition;
  const declared = op(name, ["x"], {
    infer([x]) {
      const type = tensorOperand(x, "x");
      requireDType(type.dtype, on, "x");
      return tensorType(result ?? type.dtype, type.shape);
    },
    eval: ([x], attributes: A) => evalUnary(definition, x, attributes),
    ...(emit && { emit: (k, [x], attributes: A, types) => emit(k, x as Node, attributes, types) }),
    ...(emitWide && { emitWide: (k, [x]) => emitWide(k, x as Wide) }),
    ...(dim && {
      dims: ([x], attributes: A) => {
        const known = knownDims(x)?.map((element) => dim(element, attributes));
        return known && dimsWithin(known, result ?? tensorOperand(x, "x").dtype);
      },
    }),
  });
  return Object.assign(declared, { unary: definition });
}

function evalUnary<A>(definition: UnaryDefinition<A>, x: Tensor, attributes: A): Tensor {
  const dtype: DType = definition.result ?? x.dtype;
  const { eval: formula, evalBig } = definition;
  if (evalBig !== undefined && is64BitInteger(x.dtype)) {
    const source = bigints(x);
    const target = new BigInt64Array(source.length);
    for (let i = 0; i < source.length; i++) target[i] = evalBig(source[i]!, attributes);
    return fromBigints(dtype, x.shape, target);
  }
  const source = numbers(x);
  if (source instanceof Float32Array && dtype === "f32")
    return { dtype, shape: x.shape, data: mapF32(source, formula, attributes) };
  const target = elementwiseTarget(dtype, source.length);
  for (let i = 0; i < source.length; i++) target[i] = formula(source[i]!, attributes);
  return fromNumbers(dtype, x.shape, target);
}

/** The common case in a loop of its own, which engines compile for f32 alone. */
function mapF32<A>(source: Float32Array, formula: (x: number, attributes: A) => number, attributes: A): Float32Array {
  const target = new Float32Array(source.length);
  for (let i = 0; i < source.length; i++) target[i] = formula(source[i]!, attributes);
  return target;
}
