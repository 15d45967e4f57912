import type { EvalContext } from "../graph/op.ts";
import { isFloat } from "../tensor/dtype.ts";
import type { NumberArray } from "../tensor/numbers.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import { rowMajorStrides } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import { integerRange } from "./integer-range.ts";
import type { AxisSamples, ResizeAxis, ResizeSettings } from "./resize-axis.ts";
import { isIdentity, sampleAxis } from "./resize-axis.ts";
import { roundHalfEven } from "./round.ts";
import { fromSlots, newSlots, slotsOf } from "./slots.ts";

/** Marks an element that lies outside the input. */
const nowhere = -1;

/** Moves to each element of the result the one of x that lies nearest; any dtype. */
export function pickNearest(x: Tensor, axes: readonly ResizeAxis[], settings: ResizeSettings): Tensor {
  const shape = axes.map((axis) => axis.output);
  const strides = rowMajorStrides(x.shape);
  const tables = axes.map((axis, i) => offsetsAlong(axis, strides[i]!, settings));
  const last = tables.pop() ?? Int32Array.of(0);
  const rows = tables.reduce<Int32Array>(sumsOrNowhere, Int32Array.of(0));
  const [source, target] = [slotsOf(x), newSlots(x.dtype, elementCount(shape))];
  const { width } = source;
  const isOutside = last.includes(nowhere) || rows.includes(nowhere);
  const filler = isOutside ? slotsOf(fromNumbers(x.dtype, [], [settings.extrapolation ?? 0])).data : source.data;
  let to = 0;
  for (const row of rows) {
    for (let j = 0; j < last.length; j++) {
      const from = row === nowhere || last[j] === nowhere ? nowhere : (row + last[j]!) * width;
      for (let slot = 0; slot < width; slot++, to++)
        target.data[to] = from < 0 ? filler[slot]! : source.data[from + slot]!;
    }
  }
  return fromSlots(target, shape);
}

function offsetsAlong(axis: ResizeAxis, stride: number, settings: ResizeSettings): Int32Array {
  if (isIdentity(axis)) return Int32Array.from({ length: axis.input }, (_unused, i) => i * stride);
  const { indices, outside } = sampleAxis(axis, settings);
  return indices.map((index, i) => (outside[i] === 1 ? nowhere : index * stride));
}

function sumsOrNowhere(outer: Int32Array, inner: Int32Array): Int32Array {
  const sums = new Int32Array(outer.length * inner.length);
  let at = 0;
  for (const a of outer) for (const b of inner) sums[at++] = a === nowhere || b === nowhere ? nowhere : a + b;
  return sums;
}

/** Mixes neighbours axis after axis, in f64. */
export function interpolate(
  x: Tensor,
  axes: readonly ResizeAxis[],
  settings: ResizeSettings,
  context: EvalContext,
): Tensor {
  let block: NumberArray = numbers(x);
  const shape = [...x.shape];
  axes.forEach((axis, at) => {
    if (isIdentity(axis)) return;
    context.poll();
    const inner = elementCount(shape.slice(at + 1));
    block = mixAxis(block, inner, axis, {
      samples: sampleAxis(axis, settings),
      extrapolation: settings.extrapolation ?? 0,
    });
    shape[at] = axis.output;
  });
  if (isFloat(x.dtype) || block === x.data) return fromNumbers(x.dtype, shape, block);
  const [min, max] = integerRange(x.dtype);
  return fromNumbers(
    x.dtype,
    shape,
    block.map((value) => Math.min(Math.max(roundHalfEven(value), min), max)),
  );
}

interface Mix {
  readonly samples: AxisSamples;
  readonly extrapolation: number;
}

function mixAxis(
  block: NumberArray,
  inner: number,
  { input, output }: ResizeAxis,
  { samples, extrapolation }: Mix,
): Float64Array {
  const { count, indices, weights, outside } = samples;
  const outer = input * inner === 0 ? 0 : block.length / (input * inner);
  const mixed = new Float64Array(outer * output * inner);
  for (let o = 0; o < outer; o++) {
    for (let x = 0; x < output; x++) {
      const to = (o * output + x) * inner;
      if (outside[x] === 1) {
        mixed.fill(extrapolation, to, to + inner);
        continue;
      }
      for (let tap = x * count; tap < (x + 1) * count; tap++) {
        const [from, weight] = [(o * input + indices[tap]!) * inner, weights[tap]!];
        if (weight === 0) continue;
        for (let i = 0; i < inner; i++) mixed[to + i]! += weight * block[from + i]!;
      }
    }
  }
  return mixed;
}
