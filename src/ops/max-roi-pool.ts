import { formatType, tensorType } from "../graph/type.ts";
import { unknownDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import { elementCount } from "../tensor/tensor.ts";
import { requireDType } from "./dtype-class.ts";
import { op } from "./op.ts";
import { operandShape, tensorOperand } from "./tensor-operand.ts";

export interface MaxRoiPoolAttributes {
  readonly outputHeight: number;
  readonly outputWidth: number;
  readonly spatialScale: number;
}

/**
 * The largest element of each bin of regions of x[batch, channels, height, width]. rois[n] is (picture, x1, y1, x2, y2): corners
 * are scaled by spatialScale, rounded, and both inside the region. Bins that hold no pixel are 0.
 */
export const maxRoiPool = op("maxRoiPool", ["x", "rois"], {
  infer([x, rois], { outputHeight, outputWidth }: MaxRoiPoolAttributes) {
    const { dtype } = tensorOperand(x, "x");
    requireDType(dtype, "float", "x");
    const [shape, regions] = [operandShape(x, "x", 4), operandShape(rois, "rois", 2)];
    if (typeof regions?.[1] === "number" && regions[1] !== 5) {
      throw new ShapeError(`rois must have 5 numbers a region, got ${formatType(rois.type)}.`);
    }
    return tensorType(dtype, [regions?.[0] ?? unknownDim, shape?.[1] ?? unknownDim, outputHeight, outputWidth]);
  },
  eval([x, rois], { outputHeight, outputWidth, spatialScale }: MaxRoiPoolAttributes) {
    const [batch, channels, height, width] = x.shape as [number, number, number, number];
    if (rois.shape[1] !== 5) throw new ShapeError(`rois must be [regions, 5], got [${rois.shape.join(", ")}].`);
    const shape = [rois.shape[0]!, channels, outputHeight, outputWidth];
    const [data, regions, out] = [numbers(x), numbers(rois), new Float64Array(elementCount(shape))];
    let at = 0;
    for (let n = 0; n < rois.shape[0]!; n++) {
      const [picture, x1, y1, x2, y2] = regions.subarray(5 * n, 5 * n + 5) as unknown as [
        number,
        number,
        number,
        number,
        number,
      ];
      if (!(picture >= 0 && picture < batch))
        throw new ShapeError(`rois[${n}] names picture ${picture}, but x has ${batch}.`);
      const rows = binsOf(y1 * spatialScale, y2 * spatialScale, outputHeight, height);
      const columns = binsOf(x1 * spatialScale, x2 * spatialScale, outputWidth, width);
      for (let channel = 0; channel < channels; channel++) {
        const from = (picture * channels + channel) * height * width;
        for (const row of rows) for (const column of columns) out[at++] = largest(data, from, width, row, column);
      }
    }
    return fromNumbers(x.dtype, shape, out);
  },
});

interface Bin {
  readonly first: number;
  readonly end: number;
}

/** Cuts the pixels between two corners into bins, which may overlap by a pixel, held inside the picture. */
function binsOf(low: number, high: number, bins: number, size: number): Bin[] {
  const start = roundAway(low);
  const width = Math.max(roundAway(high) - start + 1, 1) / bins;
  const inside = (pixel: number) => Math.min(Math.max(pixel + start, 0), size);
  return Array.from({ length: bins }, (_unused, i) => ({
    first: inside(Math.floor(i * width)),
    end: inside(Math.ceil((i + 1) * width)),
  }));
}

/** To the nearest integer, halves away from zero. */
const roundAway = (x: number): number => Math.sign(x) * Math.floor(Math.abs(x) + 0.5);

function largest(data: ArrayLike<number>, from: number, width: number, rows: Bin, columns: Bin): number {
  if (rows.first >= rows.end || columns.first >= columns.end) return 0;
  let most = Number.NEGATIVE_INFINITY;
  for (let y = rows.first; y < rows.end; y++) {
    for (let x = columns.first; x < columns.end; x++) most = Math.max(most, data[from + y * width + x]!);
  }
  return most;
}
