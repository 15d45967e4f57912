import { formatType, tensorType } from "../graph/type.ts";
import { unknownDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import { rowMajorStrides } from "../tensor/shape.ts";
import { elementCount } from "../tensor/tensor.ts";
import { requireDType } from "./dtype-class.ts";
import type { GridSampleSettings, PointTaps } from "./grid-taps.ts";
import { tapsOfPoint } from "./grid-taps.ts";
import { op } from "./op.ts";
import { tensorOperand } from "./tensor-operand.ts";

/**
 * Samples x[batch, channels, ...spatial] at the points of grid[batch, ...places, axes], whose coordinates run from -1 to 1 over x
 * and name the last spatial axis first. The result is [batch, channels, ...places].
 */
export const gridSample = op("gridSample", ["x", "grid"], {
  infer([x, grid], _attributes: GridSampleSettings) {
    const [xType, gridType] = [tensorOperand(x, "x"), tensorOperand(grid, "grid")];
    requireDType(xType.dtype, "float", "x");
    requireDType(gridType.dtype, "float", "grid");
    if (xType.shape === undefined && gridType.shape === undefined) return tensorType(xType.dtype, undefined);
    const rank = (xType.shape ?? gridType.shape)?.length ?? 0;
    const axes = gridType.shape?.[rank - 1];
    if (rank < 3 || (gridType.shape?.length ?? rank) !== rank || (typeof axes === "number" && axes !== rank - 2)) {
      throw new ShapeError(
        `grid must have the rank of x and one coordinate a spatial axis last: x ${formatType(xType)}, grid ${formatType(gridType)}.`,
      );
    }
    const places = gridType.shape?.slice(1, -1) ?? new Array(rank - 2).fill(unknownDim);
    const batch = xType.shape?.[0] ?? gridType.shape?.[0] ?? unknownDim;
    return tensorType(xType.dtype, [batch, xType.shape?.[1] ?? unknownDim, ...places]);
  },
  eval([x, grid], settings: GridSampleSettings, context) {
    const [batch, channels] = [x.shape[0]!, x.shape[1]!];
    const sizes = x.shape.slice(2);
    if (grid.shape[0] !== batch || grid.shape[grid.shape.length - 1] !== sizes.length || sizes.includes(0)) {
      throw new ShapeError(
        `grid [${grid.shape.join(", ")}] does not fit x [${x.shape.join(", ")}], or x has no elements to sample.`,
      );
    }
    const shape = [batch, channels, ...grid.shape.slice(1, -1)];
    const [pitch, places, rank] = [elementCount(sizes), elementCount(grid.shape.slice(1, -1)), sizes.length];
    const [data, points, out] = [numbers(x), numbers(grid), new Float64Array(elementCount(shape))];
    const strides = rowMajorStrides(sizes);
    const taps: PointTaps = { offsets: [], weights: [] };
    for (let n = 0; n < batch; n++) {
      for (let place = 0; place < places; place++) {
        const at = (n * places + place) * rank;
        tapsOfPoint(taps, points.subarray(at, at + rank), { sizes, strides }, settings);
        for (let channel = n * channels; channel < (n + 1) * channels; channel++) {
          let sum = 0;
          for (let tap = 0; tap < taps.offsets.length; tap++)
            sum += taps.weights[tap]! * data[channel * pitch + taps.offsets[tap]!]!;
          out[channel * places + place] = sum;
        }
      }
      context.poll();
    }
    return fromNumbers(x.dtype, shape, out);
  },
});
