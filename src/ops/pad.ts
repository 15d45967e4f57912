import { isAbsent } from "../graph/leaves.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import { addDims, unknownDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { formatShape, rowMajorStrides } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import { resolveAxes } from "./axis.ts";
import { indexNumbers, indexVector } from "./index-operand.ts";
import { op } from "./op.ts";
import { ofOneElement, scalarOperand } from "./scalar-operand.ts";
import type { Slots } from "./slots.ts";
import { fromSlots, newSlots, slotsOf } from "./slots.ts";
import { stridedCopy } from "./strided-copy.ts";
import { tensorOperand } from "./tensor-operand.ts";

/** What stands in the added places: one value, the mirror image without the edge, the edge, or the other end. */
export type PadMode = "constant" | "reflect" | "edge" | "wrap";
type PadAttributes = { readonly mode: PadMode };

/**
 * x with elements added before and after each of `axes` (all when left out): `pads` lists the counts before, then those after;
 * negative ones cut elements off, before anything is added. `value` (one element, 0 when left out) is for the mode "constant".
 */
export const pad = op("pad", ["x", "pads", "value?", "axes?"], {
  infer([x, pads, value, axes], _attributes: PadAttributes) {
    const { dtype, shape } = tensorOperand(x, "x");
    if (!isAbsent(value) && scalarOperand(value, "value").dtype !== dtype) {
      throw new ShapeError(
        `value must have the dtype of x, got ${formatType(value.type)} for x ${formatType(x.type)}.`,
      );
    }
    return tensorType(dtype, shape && paddedDims(x, shape, pads, axes));
  },
  eval([x, pads, value, axes], { mode }: PadAttributes) {
    const counts = indexNumbers(pads);
    const places = resolveAxes(axes === undefined ? x.shape.map((_dim, i) => i) : indexNumbers(axes), x.shape.length);
    if (counts.length !== 2 * places.length) throw wrongCount(formatShape(x.shape), counts.length, places.length);
    const spans = x.shape.map((size): Span => ({ size, before: 0, after: 0 }));
    places.forEach((axis, i) => {
      spans[axis] = { size: x.shape[axis]!, before: counts[i]!, after: counts[i + places.length]! };
    });
    return padTensor(x, spans, mode, value);
  },
});

const wrongCount = (x: string, count: number, axes: number): ShapeError =>
  new ShapeError(`pads must have two entries for each of ${axes} axes of x ${x}, got ${count}.`);

function paddedDims(x: Value, shape: readonly Dim[], pads: Value, axes: Value): readonly Dim[] {
  const [counts, chosen] = [indexVector(pads, "pads"), indexVector(axes, "axes")];
  const places = isAbsent(axes) ? shape.map((_dim, i) => i) : chosen?.numbers;
  const length = places?.length ?? chosen?.length;
  if (counts?.length !== undefined && length !== undefined && counts.length !== 2 * length) {
    throw wrongCount(formatType(x.type), counts.length, length);
  }
  if (places === undefined) return shape.map(() => unknownDim);
  const dims = [...shape];
  resolveAxes(places, shape.length).forEach((axis, i) => {
    const [before, after] = [counts?.dims?.[i] ?? unknownDim, counts?.dims?.[i + places.length] ?? unknownDim];
    dims[axis] = addDims(addDims(dims[axis]!, before), after);
  });
  return dims;
}

/** An axis of `size` elements with counts to add (or cut off, where negative) at its ends. */
export interface Span {
  readonly size: number;
  readonly before: number;
  readonly after: number;
}

function padTensor(x: Tensor, spans: readonly Span[], mode: PadMode, value: Tensor | undefined): Tensor {
  const shape = spans.map(({ size, before, after }) => size + before + after);
  if (shape.some((dim) => dim < 0)) {
    throw new ShapeError(
      `pads cut more off x ${formatShape(x.shape)} than there is: the shape would be ${formatShape(shape)}.`,
    );
  }
  const [source, target] = [slotsOf(x), newSlots(x.dtype, elementCount(shape))];
  if (mode === "constant") {
    if (value !== undefined) fillSlots(target, slotsOf(ofOneElement(value, "value")));
    copyKept(source, target, spans, shape);
  } else if (target.data.length > 0) {
    const strides = rowMajorStrides(x.shape);
    const offsets = spans.map((span, axis) => sourceIndices(span, mode).map((i) => i * strides[axis]!));
    copyByOffsets(source, target, offsets);
  }
  return fromSlots(target, shape);
}

/** Fills with the one element of `value`; a fill with zero bits is there already. */
function fillSlots({ data, width }: Slots, value: Slots): void {
  if (Array.from({ length: width }, (_unused, i) => value.data[i]).every((slot) => slot === 0)) return;
  for (let i = 0; i < data.length; i++) data[i] = value.data[i % width]!;
}

function copyKept(source: Slots, target: Slots, spans: readonly Span[], shape: readonly number[]): void {
  const [from, to] = [rowMajorStrides(spans.map(({ size }) => size)), rowMajorStrides(shape)];
  const kept = spans.map(({ size, before, after }) => Math.max(0, size + Math.min(0, before) + Math.min(0, after)));
  const offset = (strides: readonly number[], sign: number) =>
    spans.reduce((sum, { before }, i) => sum + Math.max(0, sign * before) * strides[i]!, 0);
  stridedCopy(
    kept,
    { slots: source, offset: offset(from, -1), strides: from },
    { slots: target, offset: offset(to, 1), strides: to },
  );
}

/** For each index along a padded axis the one that it takes its element from. */
export function sourceIndices({ size, before, after }: Span, mode: Exclude<PadMode, "constant">): number[] {
  const low = Math.max(0, -before);
  const count = size - low - Math.max(0, -after);
  if (count <= 0) throw new ShapeError(`pads leave no elements that mode "${mode}" could take its values from.`);
  const place = { reflect: reflected, edge: clamped, wrap: wrapped }[mode];
  return Array.from({ length: size + before + after }, (_unused, i) => low + place(i - Math.max(0, before), count));
}

const wrapped = (i: number, count: number): number => ((i % count) + count) % count;
const clamped = (i: number, count: number): number => Math.max(0, Math.min(count - 1, i));
function reflected(i: number, count: number): number {
  const period = Math.max(1, 2 * (count - 1));
  const at = wrapped(i, period);
  return at < count ? at : period - at;
}

/** target[i, j, ...] = source at offsets[0][i] + offsets[1][j] + ..., in elements. */
function copyByOffsets(source: Slots, target: Slots, offsets: readonly (readonly number[])[]): void {
  const { width } = source;
  let to = 0;
  const visit = (axis: number, from: number): void => {
    const along = offsets[axis];
    if (along !== undefined) {
      for (const offset of along) visit(axis + 1, from + offset);
      return;
    }
    for (let i = 0; i < width; i++) target.data[to++] = source.data[from * width + i]!;
  };
  visit(0, 0);
}
