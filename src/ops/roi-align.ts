import { formatType, tensorType } from "../graph/type.ts";
import { unknownDim } from "../tensor/dim.ts";
import { LimitError, ShapeError } from "../tensor/errors.ts";
import type { NumberArray } from "../tensor/numbers.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import { elementCount } from "../tensor/tensor.ts";
import { requireDType } from "./dtype-class.ts";
import { op } from "./op.ts";
import { operandShape, tensorOperand } from "./tensor-operand.ts";

export interface RoiAlignAttributes {
  /** `max` takes the largest weighted corner of all samples, as the ONNX reference does. */
  readonly mode: "average" | "max";
  readonly outputHeight: number;
  readonly outputWidth: number;
  /** Samples along each side of a bin; 0 for as many as the bin is long. */
  readonly samplingRatio: number;
  readonly spatialScale: number;
  /** Pixels are centred at half coordinates; otherwise regions are at least one pixel large. */
  readonly halfPixel: boolean;
}

/**
 * Pools regions of x[batch, channels, height, width] to a fixed size by bilinear samples. rois[n] is (x1, y1, x2, y2), scaled by
 * spatialScale, in picture batchIndices[n]; the result is [rois, channels, outputHeight, outputWidth].
 */
export const roiAlign = op("roiAlign", ["x", "rois", "batchIndices"], {
  infer([x, rois, batchIndices], { outputHeight, outputWidth }: RoiAlignAttributes) {
    const { dtype } = tensorOperand(x, "x");
    requireDType(dtype, "float", "x");
    const [shape, regions] = [operandShape(x, "x", 4), operandShape(rois, "rois", 2)];
    operandShape(batchIndices, "batchIndices", 1);
    if (typeof regions?.[1] === "number" && regions[1] !== 4) {
      throw new ShapeError(`rois must have 4 numbers a region, got ${formatType(rois.type)}.`);
    }
    return tensorType(dtype, [regions?.[0] ?? unknownDim, shape?.[1] ?? unknownDim, outputHeight, outputWidth]);
  },
  eval([x, rois, batchIndices], attributes: RoiAlignAttributes, context) {
    const [batch, channels, height, width] = x.shape as [number, number, number, number];
    if (rois.shape[1] !== 4) throw new ShapeError(`rois must be [regions, 4], got [${rois.shape.join(", ")}].`);
    const shape = [rois.shape[0]!, channels, attributes.outputHeight, attributes.outputWidth];
    const [data, regions, pictures] = [numbers(x), numbers(rois), numbers(batchIndices)];
    const out = new Float64Array(elementCount(shape));
    const bins = attributes.outputHeight * attributes.outputWidth;
    for (let n = 0; n < rois.shape[0]!; n++) {
      const picture = pictures[n]!;
      if (!(picture >= 0 && picture < batch)) {
        throw new ShapeError(`batchIndices[${n}] is ${picture}, but x has ${batch} pictures.`);
      }
      const samples = samplesOf(regions.subarray(4 * n, 4 * n + 4), [height, width], attributes);
      const pool = attributes.mode === "average" ? averageOf : largestOf;
      for (let channel = 0; channel < channels; channel++) {
        const from = (picture * channels + channel) * height * width;
        for (let bin = 0; bin < bins; bin++) {
          out[(n * channels + channel) * bins + bin] = pool(samples, bin, data, from);
        }
      }
      context.poll();
    }
    return fromNumbers(x.dtype, shape, out);
  },
});

/** The bilinear samples of one region: four corners each, bin after bin. */
interface Samples {
  readonly perBin: number;
  readonly corners: Int32Array;
  readonly weights: Float64Array;
}

const maxSamples = 1 << 26;

/** Where and how densely one side of a region is sampled. */
function side(low: number, high: number, bins: number, { spatialScale, samplingRatio, halfPixel }: RoiAlignAttributes) {
  const start = low * spatialScale - (halfPixel ? 0.5 : 0);
  const length = (high - low) * spatialScale;
  const bin = (halfPixel ? length : Math.max(length, 1)) / bins;
  const count = samplingRatio > 0 ? samplingRatio : Math.max(0, Math.ceil(bin));
  return { count, at: (b: number, i: number) => start + b * bin + ((i + 0.5) * bin) / count };
}

function samplesOf(
  region: NumberArray,
  [height, width]: readonly [number, number],
  attributes: RoiAlignAttributes,
): Samples {
  const { outputHeight, outputWidth } = attributes;
  const rows = side(region[1]!, region[3]!, outputHeight, attributes);
  const columns = side(region[0]!, region[2]!, outputWidth, attributes);
  const perBin = rows.count * columns.count;
  if (perBin * outputHeight * outputWidth > maxSamples) {
    throw new LimitError(
      `a region of [${region.join(", ")}] takes more than ${maxSamples} samples; set sampling_ratio.`,
    );
  }
  const samples = {
    corners: new Int32Array(4 * perBin * outputHeight * outputWidth),
    weights: new Float64Array(4 * perBin * outputHeight * outputWidth),
  };
  let at = 0;
  for (let bin = 0; bin < outputHeight * outputWidth; bin++) {
    for (let i = 0; i < perBin; i++, at += 4) {
      const y = rows.at(Math.floor(bin / outputWidth), Math.floor(i / columns.count));
      const x = columns.at(bin % outputWidth, i % columns.count);
      if (y < -1 || y > height || x < -1 || x > width) continue;
      const [row, column] = [between(y, height), between(x, width)];
      samples.corners.set(
        [
          row.low * width + column.low,
          row.low * width + column.high,
          row.high * width + column.low,
          row.high * width + column.high,
        ],
        at,
      );
      samples.weights.set(
        [
          (1 - row.part) * (1 - column.part),
          (1 - row.part) * column.part,
          row.part * (1 - column.part),
          row.part * column.part,
        ],
        at,
      );
    }
  }
  return { perBin, ...samples };
}

/** The two pixels around a coordinate, held inside the picture, and the share of the second. */
function between(coordinate: number, size: number): { low: number; high: number; part: number } {
  const inside = Math.min(Math.max(coordinate, 0), size - 1);
  const low = Math.floor(inside);
  return { low, high: Math.min(low + 1, size - 1), part: inside - low };
}

function averageOf({ perBin, corners, weights }: Samples, bin: number, data: NumberArray, from: number): number {
  let sum = 0;
  for (let i = bin * 4 * perBin; i < (bin + 1) * 4 * perBin; i++) sum += weights[i]! * data[from + corners[i]!]!;
  return sum / Math.max(perBin, 1);
}

function largestOf({ perBin, corners, weights }: Samples, bin: number, data: NumberArray, from: number): number {
  let most = perBin === 0 ? 0 : Number.NEGATIVE_INFINITY;
  for (let i = bin * 4 * perBin; i < (bin + 1) * 4 * perBin; i++)
    most = Math.max(most, weights[i]! * data[from + corners[i]!]!);
  return most;
}
