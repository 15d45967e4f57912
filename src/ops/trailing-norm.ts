// What the normalisations over trailing axes share.

import { isAbsent } from "../graph/leaves.ts";
import type { TensorType } from "../graph/type.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import { broadcastDims } from "../tensor/dim.ts";
import type { DType } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { NumberArray } from "../tensor/numbers.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import { resolveAxis } from "./axis.ts";
import { broadcastIndexes } from "./broadcast-indexes.ts";
import { requireDType } from "./dtype-class.ts";
import { tensorOperand } from "./tensor-operand.ts";

export type TrailingNormAttributes = {
  /** The first of the normalised axes; all after it belong to them. May count from the back: -1 is the last axis only. */
  readonly axis: number;
  readonly epsilon: number;
};

/** The type of x; throws ShapeError unless x is of floats, the axis exists, and scale and bias broadcast to x and are of its dtype. */
export function inferTrailingNorm(
  x: Value,
  { axis }: TrailingNormAttributes,
  parameters: Readonly<Record<string, Value>>,
): TensorType {
  const type = tensorOperand(x, "x");
  requireDType(type.dtype, "float", "x");
  if (type.shape !== undefined) resolveAxis(axis, type.shape.length);
  for (const [name, value] of Object.entries(parameters)) if (!isAbsent(value)) requireParameter(x, type, value, name);
  return tensorType(type.dtype, type.shape);
}

function requireParameter(x: Value, type: TensorType, value: Value, name: string): void {
  const parameter = tensorOperand(value, name);
  if (parameter.dtype === type.dtype && broadcastsTo(parameter.shape, type.shape)) return;
  throw new ShapeError(
    `${name} must be ${type.dtype} and broadcast to x ${formatType(x.type)}, got ${formatType(parameter)}.`,
  );
}

/** False when a shape certainly does not broadcast to another without changing it. */
export function broadcastsTo(shape: readonly Dim[] | undefined, to: readonly Dim[] | undefined): boolean {
  if (shape === undefined || to === undefined) return true;
  return (
    shape.length <= to.length &&
    shape.every((dim, i) => {
      const target = to[to.length - shape.length + i] as Dim;
      const meet = broadcastDims(dim, target);
      return meet !== undefined && (typeof target !== "number" || typeof meet !== "number" || meet === target);
    })
  );
}

/** How a row is normalised: y = (x - shift) · factor, before scale and bias. */
type Normaliser = (source: NumberArray, from: number, count: number) => readonly [shift: number, factor: number];

/** Normalises every row of trailing axes; statistics and products are f64, and the result is rounded once, to x's dtype or `to`. */
export function normalizeRows(
  x: Tensor,
  axis: number,
  normaliser: Normaliser,
  scale: Tensor | undefined,
  bias: Tensor | undefined,
  to: DType = x.dtype,
): Tensor {
  const { shape } = x;
  const count = elementCount(shape.slice(resolveAxis(axis, shape.length)));
  const source = numbers(x);
  const target = to === "f32" ? new Float32Array(source.length) : new Float64Array(source.length);
  const [scaleAt, biasAt] = [elementsAt(scale, shape, 1), elementsAt(bias, shape, 0)];
  for (let from = 0; from < source.length; from += count) {
    const [shift, factor] = normaliser(source, from, count);
    for (let i = from; i < from + count; i++) target[i] = (source[i]! - shift) * factor * scaleAt(i) + biasAt(i);
  }
  return fromNumbers(to, shape, target);
}

/** The element of a parameter that meets element i of x. */
function elementsAt(t: Tensor | undefined, shape: readonly number[], otherwise: number): (i: number) => number {
  if (t === undefined) return () => otherwise;
  const values = numbers(t);
  const count = elementCount(t.shape);
  const isTrailing = t.shape.every((dim, i) => dim === shape[shape.length - t.shape.length + i]);
  if (isTrailing) return (i) => values[i % count]!;
  const indexes = broadcastIndexes(t.shape, shape);
  return (i) => values[indexes[i]!]!;
}
