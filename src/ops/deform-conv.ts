import type { EvalContext } from "../graph/op.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Dim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { NumberArray } from "../tensor/numbers.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import { rowMajorStrides } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import { convOperands } from "./conv-shape.ts";
import { checkChannels } from "./convolve.ts";
import { denseProduct, evenOffsets } from "./dense-product.ts";
import { requireDType } from "./dtype-class.ts";
import { op } from "./op.ts";
import { tensorOperand } from "./tensor-operand.ts";
import type { Window, WindowAttributes } from "./window.ts";
import { checkWindow, settleWindow, windowOutput } from "./window.ts";

export interface DeformConvAttributes extends Omit<WindowAttributes, "ceilMode"> {
  readonly group?: number | undefined;
  /** The input channels are split into this many groups, each moved by offsets of its own. */
  readonly offsetGroup?: number | undefined;
}

/**
 * `conv` whose taps are moved: offset[batch, offsetGroup·taps·axes, ...places] is added to the place that a tap reads, between
 * elements by linear interpolation, zero outside x; mask[batch, offsetGroup·taps, ...places] scales what was read.
 */
export const deformConv = op("deformConv", ["x", "w", "offset", "bias?", "mask?"], {
  infer([x, w, offset, bias], attributes: DeformConvAttributes) {
    const { dtype } = tensorOperand(x, "x");
    requireDType(dtype, "float", "x");
    const offsetType = tensorOperand(offset, "offset");
    const shapes = convOperands(x, w, bias, { group: attributes.group ?? 1, isTransposed: false });
    if (shapes === undefined) return tensorType(dtype, undefined);
    checkWindow(attributes, shapes.x.length - 2);
    if (offsetType.shape !== undefined && offsetType.shape.length !== shapes.x.length) {
      throw new ShapeError(
        `offset must have the rank of x: x ${formatType(x.type)}, offset ${formatType(offsetType)}.`,
      );
    }
    const places = windowOutput(shapes.x.slice(2), shapes.w.slice(2), attributes);
    return tensorType(dtype, [shapes.x[0] as Dim, shapes.w[0] as Dim, ...places]);
  },
  eval([x, w, offset, bias, mask], attributes: DeformConvAttributes, context) {
    const window = settleWindow(x.shape.slice(2), w.shape.slice(2), attributes);
    const shape = [x.shape[0]!, w.shape[0]!, ...window.output];
    const out = new Float64Array(elementCount(shape));
    checkChannels(x, w, w.shape[1]! * (attributes.group ?? 1));
    checkOffsets(offset, mask, window, attributes.offsetGroup ?? 1);
    const { group = 1 } = attributes;
    const [outputs, depth] = [w.shape[0]! / group, x.shape[1]! / group];
    const [taps, places] = [elementCount(window.kernel), elementCount(window.output)];
    const inner = depth * taps;
    const [biases, plusRows, plusColumns] = [bias && numbers(bias), evenOffsets(outputs, 1), evenOffsets(places, 0)];
    const plusOf = (g: number) => biases && { data: biases, offset: g * outputs, rows: plusRows, columns: plusColumns };
    for (let n = 0; n < x.shape[0]!; n++) {
      const read = readTaps({ x, offset, mask }, n, window, attributes.offsetGroup ?? 1, context);
      for (let g = 0; g < group; g++) {
        denseProduct(
          {
            data: numbers(w),
            offset: g * outputs * inner,
            rows: evenOffsets(outputs, inner),
            columns: evenOffsets(inner, 1),
          },
          { data: read, offset: g * inner * places, rows: evenOffsets(inner, places), columns: evenOffsets(places, 1) },
          {
            data: out,
            offset: (n * group + g) * outputs * places,
            rows: evenOffsets(outputs, places),
            columns: evenOffsets(places, 1),
          },
          { plus: plusOf(g), context },
        );
      }
    }
    return fromNumbers(x.dtype, shape, out);
  },
});

function checkOffsets(offset: Tensor, mask: Tensor | undefined, { kernel, output }: Window, offsetGroup: number): void {
  const taps = offsetGroup * elementCount(kernel);
  const check = (t: Tensor, name: string, channels: number) => {
    if (t.shape.slice(1).join() === [channels, ...output].join()) return;
    throw new ShapeError(`${name} must be [batch, ${[channels, ...output].join(", ")}], got [${t.shape.join(", ")}].`);
  };
  check(offset, "offset", taps * kernel.length);
  if (mask !== undefined) check(mask, "mask", taps);
}

interface Moved {
  readonly x: Tensor;
  readonly offset: Tensor;
  readonly mask: Tensor | undefined;
}

/** What every tap of every channel reads at every place, for one entry of the batch: [channels, taps, places]. */
function readTaps(
  { x, offset, mask }: Moved,
  n: number,
  window: Window,
  offsetGroup: number,
  context: EvalContext,
): Float64Array {
  const { input, kernel, output } = window;
  const [rank, taps, places, pitch] = [input.length, elementCount(kernel), elementCount(output), elementCount(input)];
  const channels = x.shape[1]!;
  const perGroup = channels / offsetGroup;
  const [data, moves, scales] = [numbers(x), numbers(offset), mask && numbers(mask)];
  const read = new Float64Array(channels * taps * places);
  const point = new Float64Array(rank);
  for (let row = 0; row < offsetGroup * taps; row++) {
    const [group, tap] = [Math.floor(row / taps), row % taps];
    for (let place = 0; place < places; place++) {
      placeOf(point, window, tap, place);
      const from = (n * offsetGroup * taps + row) * rank * places + place;
      for (let axis = 0; axis < rank; axis++) point[axis]! += moves[from + axis * places]!;
      const scale = scales?.[(n * offsetGroup * taps + row) * places + place] ?? 1;
      for (let c = group * perGroup; c < (group + 1) * perGroup; c++) {
        read[(c * taps + tap) * places + place] = scale * between(data, (n * channels + c) * pitch, input, point);
      }
    }
    context.poll();
  }
  return read;
}

/** Where a tap lies before it is moved. */
function placeOf(
  point: Float64Array,
  { kernel, output, strides, dilations, begins }: Window,
  tap: number,
  place: number,
): void {
  const [tapSteps, placeSteps] = [rowMajorStrides(kernel), rowMajorStrides(output)];
  for (let axis = 0; axis < kernel.length; axis++) {
    const index = Math.floor(place / placeSteps[axis]!) % output[axis]!;
    const step = Math.floor(tap / tapSteps[axis]!) % kernel[axis]!;
    point[axis] = index * strides[axis]! + step * dilations[axis]! - begins[axis]!;
  }
}

/** Linear interpolation of the plane at `from`; elements outside it are zero. */
function between(data: NumberArray, from: number, sizes: readonly number[], point: Float64Array, axis = 0): number {
  if (axis === sizes.length) return data[from]!;
  const size = sizes[axis]!;
  const low = Math.floor(point[axis]!);
  const part = point[axis]! - low;
  const pitch = elementCount(sizes.slice(axis + 1));
  let sum = 0;
  if (low >= 0 && low < size && part < 1) sum += (1 - part) * between(data, from + low * pitch, sizes, point, axis + 1);
  if (low + 1 >= 0 && low + 1 < size && part > 0)
    sum += part * between(data, from + (low + 1) * pitch, sizes, point, axis + 1);
  return sum;
}
