import { LimitError } from "../tensor/errors.ts";
import type { NumberArray } from "../tensor/numbers.ts";
import { rowMajorStrides } from "../tensor/shape.ts";
import { elementCount } from "../tensor/tensor.ts";
import { evenOffsets } from "./dense-product.ts";
import type { Window } from "./window.ts";

/** Planes (one a batch entry and channel) with enough padding around them that every window lies inside. */
export interface PaddedPlanes {
  readonly data: NumberArray;
  /** Elements from one plane to the next. */
  readonly pitch: number;
  /** Where each placement of the window starts in a plane, in row-major order of the output. */
  readonly positions: Int32Array;
  /** Where each element of the window lies, from the start of its placement. */
  readonly taps: Int32Array;
}

/** Offsets of all points of a grid in row-major order: Σ index[axis]·steps[axis]. */
export function gridOffsets(counts: readonly number[], steps: readonly number[]): Int32Array {
  return counts.reduce<Int32Array>(
    (outer, count, axis) => offsetSums(outer, evenOffsets(count, steps[axis]!)),
    Int32Array.of(0),
  );
}

/** Every outer offset plus every inner one, the inner ones running fastest. */
export function offsetSums(outer: Int32Array, inner: Int32Array): Int32Array {
  const sums = new Int32Array(outer.length * inner.length);
  for (let i = 0, at = 0; i < outer.length; i++) {
    for (let j = 0; j < inner.length; j++) sums[at++] = outer[i]! + inner[j]!;
  }
  return sums;
}

/** Surrounds each of the `planes` of x with `fill`. x itself is used where no window leaves the input. */
export function paddedPlanes(x: NumberArray, planes: number, window: Window, fill: number): PaddedPlanes {
  const { input, kernel, strides, dilations, begins, output } = window;
  const reach = output.map((count, axis) => (count - 1) * strides[axis]! + (kernel[axis]! - 1) * dilations[axis]! + 1);
  const isInside = reach.every((length, axis) => begins[axis] === 0 && length <= input[axis]!);
  const size = isInside ? input : reach.map((length) => Math.max(1, length));
  const steps = rowMajorStrides(size);
  return {
    data: isInside ? x : padPlanes({ data: x, size: input }, size, begins, { planes, fill }),
    pitch: elementCount(size),
    positions: gridOffsets(
      output,
      strides.map((stride, axis) => stride * steps[axis]!),
    ),
    taps: gridOffsets(
      kernel,
      dilations.map((dilation, axis) => dilation * steps[axis]!),
    ),
  };
}

interface Block {
  readonly data: NumberArray;
  readonly size: readonly number[];
}

/** Padded planes are memory that no plan counts: they may have so many elements, and besides so many times those of the input. */
const freeElements = 2 ** 25;
const maxGrowth = 32;
/** What offsets of 32 bits can reach. */
const maxElements = 2 ** 31 - 1;

/** Copies planes of x into planes of another size, shifted by `begins`; what falls outside is cut off. */
export function padPlanes(
  x: Block,
  size: readonly number[],
  begins: readonly number[],
  { planes, fill }: { readonly planes: number; readonly fill: number },
): NumberArray {
  const pitch = elementCount(size);
  const Storage = x.data.constructor as new (length: number) => NumberArray;
  const most = Math.min(maxElements, freeElements + maxGrowth * x.data.length);
  if (planes * pitch > most) {
    throw new LimitError(
      `${planes} planes padded to [${size.join(", ")}] have more than ${most} elements; use smaller pads.`,
    );
  }
  const padded = new Storage(planes * pitch);
  if (fill !== 0) padded.fill(fill);
  const last = size.length - 1;
  const width = x.size[last]!;
  const first = Math.max(0, -begins[last]!);
  const end = Math.min(width, size[last]! - begins[last]!);
  if (first >= end) return padded;
  const rows = rowStarts(x.size, size, begins);
  const rowCount = rows.length;
  for (let plane = 0; plane < planes; plane++) {
    for (let row = 0; row < rowCount; row++) {
      const to = rows[row]!;
      if (to < 0) continue;
      const from = (plane * rowCount + row) * width;
      padded.set(x.data.subarray(from + first, from + end), plane * pitch + to + begins[last]! + first);
    }
  }
  return padded;
}

/** For each row (all axes but the last) of the input, where that row starts in a padded plane; -1 for a row that is cut off. */
function rowStarts(input: readonly number[], size: readonly number[], begins: readonly number[]): Int32Array {
  const steps = rowMajorStrides(size);
  let starts = Int32Array.of(0);
  for (let axis = 0; axis < input.length - 1; axis++) {
    const outer = starts;
    starts = new Int32Array(outer.length * input[axis]!);
    for (let i = 0, at = 0; i < outer.length; i++) {
      for (let j = 0; j < input[axis]!; j++, at++) {
        const index = j + begins[axis]!;
        starts[at] = outer[i]! < 0 || index < 0 || index >= size[axis]! ? -1 : outer[i]! + index * steps[axis]!;
      }
    }
  }
  return starts;
}
