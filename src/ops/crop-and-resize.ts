import { knownDims } from "../graph/known-dims.ts";
import { formatType, tensorType } from "../graph/type.ts";
import { unknownDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import { elementCount } from "../tensor/tensor.ts";
import { requireDType } from "./dtype-class.ts";
import { op } from "./op.ts";
import { operandShape, tensorOperand } from "./tensor-operand.ts";

export interface CropAndResizeAttributes {
  readonly mode: "nearest" | "linear";
  /** What lies outside the picture. */
  readonly extrapolation: number;
}

/**
 * Cuts regions out of x[batch, channels, height, width] and resamples each to cropSize (height, width). rois[n] is (y1, x1, y2, x2)
 * as fractions of the picture batchIndices[n], corners on the centres of elements.
 */
export const cropAndResize = op("cropAndResize", ["x", "rois", "batchIndices", "cropSize"], {
  infer([x, rois, batchIndices, cropSize], _attributes: CropAndResizeAttributes) {
    const { dtype } = tensorOperand(x, "x");
    requireDType(dtype, "float", "x");
    const [shape, regions] = [operandShape(x, "x", 4), operandShape(rois, "rois", 2)];
    operandShape(batchIndices, "batchIndices", 1);
    if (typeof regions?.[1] === "number" && regions[1] !== 4) {
      throw new ShapeError(`rois must have 4 numbers a region, got ${formatType(rois.type)}.`);
    }
    const [height = unknownDim, width = unknownDim] = knownDims(cropSize) ?? [];
    return tensorType(dtype, [regions?.[0] ?? unknownDim, shape?.[1] ?? unknownDim, height, width]);
  },
  eval([x, rois, batchIndices, cropSize], { mode, extrapolation }: CropAndResizeAttributes) {
    const [batch, channels, height, width] = x.shape as [number, number, number, number];
    const [rows, columns] = numbers(cropSize) as unknown as [number, number];
    if (rois.shape[1] !== 4 || !(rows >= 0 && columns >= 0)) {
      throw new ShapeError(
        `rois must be [regions, 4] and cropSize two sizes, got [${rois.shape.join(", ")}] and [${rows}, ${columns}].`,
      );
    }
    const shape = [rois.shape[0]!, channels, rows, columns];
    const [data, regions, pictures] = [numbers(x), numbers(rois), numbers(batchIndices)];
    const out = new Float64Array(elementCount(shape)).fill(extrapolation);
    const sample = mode === "nearest" ? nearest : bilinear;
    for (let n = 0; n < rois.shape[0]!; n++) {
      const picture = pictures[n]!;
      if (!(picture >= 0 && picture < batch))
        throw new ShapeError(`batchIndices[${n}] is ${picture}, but x has ${batch} pictures.`);
      const [y1, x1, y2, x2] = regions.subarray(4 * n, 4 * n + 4) as unknown as [number, number, number, number];
      for (let row = 0; row < rows; row++) {
        const y = along(row, rows, y1, y2, height);
        for (let column = 0; column < columns; column++) {
          const at = along(column, columns, x1, x2, width);
          if (!(y >= 0 && y <= height - 1 && at >= 0 && at <= width - 1)) continue;
          for (let channel = 0; channel < channels; channel++) {
            const plane = data.subarray((picture * channels + channel) * height * width);
            out[((n * channels + channel) * rows + row) * columns + column] = sample(plane, y, at, width);
          }
        }
      }
    }
    return fromNumbers(x.dtype, shape, out);
  },
});

/** Where element i of `count` lies between the fractions `low` and `high` of a side, in f32 steps; the middle for a single one. */
function along(i: number, count: number, low: number, high: number, size: number): number {
  const [start, end] = [Math.fround(low * (size - 1)), Math.fround(high * (size - 1))];
  if (count === 1) return Math.fround(0.5 * Math.fround(start + end));
  return Math.fround(start + Math.fround(i * Math.fround(Math.fround(end - start) / (count - 1))));
}

type Sample = (plane: ArrayLike<number>, y: number, x: number, width: number) => number;

const nearest: Sample = (plane, y, x, width) => plane[roundHalfUp(y) * width + roundHalfUp(x)]!;
const roundHalfUp = (x: number): number => Math.floor(x + 0.5);

const bilinear: Sample = (plane, y, x, width) => {
  const [top, left] = [Math.floor(y) * width, Math.floor(x)];
  const [bottom, right] = [Math.ceil(y) * width, Math.ceil(x)];
  const [down, across] = [y - Math.floor(y), x - left];
  const upper = plane[top + left]! * (1 - across) + plane[top + right]! * across;
  const lower = plane[bottom + left]! * (1 - across) + plane[bottom + right]! * across;
  return upper * (1 - down) + lower * down;
};
