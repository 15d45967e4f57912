import { knownDims } from "../../graph/known-dims.ts";
import type { Value } from "../../graph/value.ts";
import { add } from "../../ops/add.ts";
import { expand } from "../../ops/expand.ts";
import { mul } from "../../ops/mul.ts";
import { range } from "../../ops/range.ts";
import { reshape } from "../../ops/reshape.ts";
import { squeeze } from "../../ops/squeeze.ts";
import { unsqueeze } from "../../ops/unsqueeze.ts";
import type { Dim } from "../../tensor/dim.ts";
import { addDims, dimEquals, mulDims } from "../../tensor/dim.ts";
import { shapeOf } from "../shape-of.ts";

/**
 * By how much the elements of an integer tensor grow along each axis, where each is the sum of its index along every axis times a step,
 * as sums of ranges are. Axes of dim 1 have step 0.
 */
export function indexSteps(value: Value): readonly Dim[] | undefined {
  const { op, operands } = value;
  const shape = shapeOf(value);
  const [a, b] = operands;
  if (shape === undefined || a === undefined) return undefined;
  if (op === range) return countsUp(value) ? [1] : undefined;
  if (op === reshape || op === squeeze || op === unsqueeze) return regrouped(shape, a);
  if (op === expand) return aligned(a, shape.length);
  if (b === undefined || (op !== add && op !== mul)) return undefined;
  if (op === mul) return multiplied(a, b, shape.length) ?? multiplied(b, a, shape.length);
  const [left, right] = [aligned(a, shape.length), aligned(b, shape.length)];
  return left && right && left.map((step, axis) => addDims(step, right[axis] as Dim));
}

function countsUp({ operands }: Value): boolean {
  const [start, , delta] = operands.map((operand) => knownDims(operand)?.[0]);
  return start === 0 && delta === 1;
}

/** The steps of `source` in a shape that has the same dims but for some of 1. */
function regrouped(shape: readonly Dim[], source: Value): readonly Dim[] | undefined {
  const [steps, from] = [indexSteps(source), shapeOf(source)];
  if (steps === undefined || from === undefined) return undefined;
  const wide = from.flatMap((dim, axis) => (dim === 1 ? [] : [{ dim, step: steps[axis] as Dim }]));
  const places = shape.flatMap((dim, axis) => (dim === 1 ? [] : [axis]));
  if (places.length !== wide.length) return undefined;
  if (!places.every((axis, i) => dimEquals(shape[axis] as Dim, wide[i]?.dim as Dim))) return undefined;
  return shape.map((_dim, axis) => wide[places.indexOf(axis)]?.step ?? 0);
}

/** The steps of a value that is broadcast to a rank. */
function aligned(value: Value, rank: number): readonly Dim[] | undefined {
  const [steps, shape] = [indexSteps(value), shapeOf(value)];
  if (steps === undefined || shape === undefined) return undefined;
  const lead = rank - shape.length;
  return Array.from({ length: rank }, (_unused, axis) => (axis < lead ? 0 : (steps[axis - lead] as Dim)));
}

function multiplied(value: Value, factor: Value, rank: number): readonly Dim[] | undefined {
  const known = knownDims(factor);
  return known?.length === 1 ? aligned(value, rank)?.map((step) => mulDims(step, known[0] as Dim)) : undefined;
}

/** True where the steps number the places of a shape in row-major order, from 0. */
export function isRowMajor(steps: readonly Dim[], shape: readonly Dim[]): boolean {
  let next: Dim = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const dim = shape[axis] as Dim;
    if (dim !== 1 && !dimEquals(steps[axis] as Dim, next)) return false;
    next = mulDims(next, dim);
  }
  return true;
}
