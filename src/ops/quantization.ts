/** What quantizeLinear and dequantizeLinear share: scales and zero points per tensor, per axis, or per block along an axis. */
import { isAbsent } from "../graph/leaves.ts";
import type { TensorType } from "../graph/type.ts";
import { formatType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import { ceilDivDims } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { NumberArray } from "../tensor/numbers.ts";
import { numbers } from "../tensor/numbers.ts";
import { formatShape, rowMajorStrides } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import { resolveAxis } from "./axis.ts";
import { tensorOperand } from "./tensor-operand.ts";

export type QuantizationAttributes = {
  /** The axis of a scale per index, or of blocks. Of no effect for a scale of one element. */
  readonly axis?: number;
  /** How many neighbours along the axis share a scale; 0 for a vector of scales along the axis. */
  readonly blockSize?: number;
};

/** Throws ShapeError when scale or zero point cannot be meant for x; unknown sizes pass. */
export function checkQuantization(x: Value, scale: Value, zeroPoint: Value, attributes: QuantizationAttributes): void {
  const [type, scaleType] = [tensorOperand(x, "x"), tensorOperand(scale, "scale")];
  const fits = (parameter: TensorType) => {
    const expected = parameterShape(type, parameter, attributes);
    return expected === undefined || parameter.shape === undefined || !differs(parameter.shape, expected);
  };
  if (!fits(scaleType)) throw misfit("scale", scaleType, type, attributes);
  if (isAbsent(zeroPoint)) return;
  const zeroType = tensorOperand(zeroPoint, "zeroPoint");
  if (!fits(zeroType)) throw misfit("zeroPoint", zeroType, type, attributes);
}

const isOne = (shape: readonly Dim[]): boolean => shape.every((dim) => dim === 1);
const differs = (a: readonly Dim[], b: readonly Dim[]): boolean =>
  a.length !== b.length || a.some((dim, i) => typeof dim === "number" && typeof b[i] === "number" && dim !== b[i]);

function misfit(name: string, type: TensorType, x: TensorType, { axis = 1, blockSize = 0 }: QuantizationAttributes) {
  const wanted =
    blockSize > 0 ? `x's with the dim of axis ${axis} divided by ${blockSize}` : `the dim of axis ${axis} alone`;
  return new ShapeError(
    `${name} ${formatType(type)} does not fit x ${formatType(x)}: its shape must be one element, or ${wanted}.`,
  );
}

/** The shape that a parameter of more than one element must have; undefined where x's rank is unknown or it has one element. */
function parameterShape(
  x: TensorType,
  parameter: TensorType,
  attributes: QuantizationAttributes,
): readonly Dim[] | undefined {
  const { axis = 1, blockSize = 0 } = attributes;
  if (x.shape === undefined || parameter.shape === undefined || isOne(parameter.shape)) return undefined;
  const at = axis < 0 ? axis + x.shape.length : axis;
  const dim = x.shape[at];
  if (dim === undefined) throw new ShapeError(`axis ${axis} is out of range for x ${formatType(x)}.`);
  return blockSize > 0 ? x.shape.with(at, ceilDivDims(dim, blockSize)) : [dim];
}

/** A parameter as plain numbers under a shape that broadcasts to x's. */
export interface Parameter {
  readonly values: NumberArray;
  readonly shape: readonly number[];
}

/** Lays a scale or zero point out along x; blocks are repeated element by element. Throws ShapeError when it does not fit. */
export function layParameter(t: Tensor, x: readonly number[], attributes: QuantizationAttributes): Parameter {
  const values = numbers(t);
  if (values.length === 1) return { values, shape: [] };
  const { axis = 1, blockSize = 0 } = attributes;
  const at = resolveAxis(axis, x.length);
  const dim = x[at] ?? 0;
  const expected = blockSize > 0 ? x.with(at, Math.ceil(dim / blockSize)) : [dim];
  if (formatShape(expected) !== formatShape(t.shape)) {
    throw new ShapeError(
      `a scale or zero point has the shape ${formatShape(t.shape)}, expected ${formatShape(expected)}.`,
    );
  }
  if (blockSize > 0) return { values: repeatBlocks(values, x, at, blockSize), shape: x };
  return { values, shape: x.map((_dim, i) => (i === at ? dim : 1)) };
}

function repeatBlocks(values: NumberArray, x: readonly number[], axis: number, blockSize: number): Float64Array {
  const out = new Float64Array(elementCount(x));
  const [inner, dim] = [rowMajorStrides(x)[axis] ?? 1, x[axis] ?? 0];
  const blocks = Math.ceil(dim / blockSize);
  for (let i = 0; i < out.length; i++) {
    const row = Math.floor(i / inner);
    const block = Math.floor((row % dim) / blockSize);
    out[i] = values[(Math.floor(row / dim) * blocks + block) * inner + (i % inner)]!;
  }
  return out;
}

/** Zero, for a zero point that was left out. */
export const noZeroPoint: Parameter = { values: new Float64Array(1), shape: [] };
