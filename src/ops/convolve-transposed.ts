import type { EvalContext } from "../graph/op.ts";
import type { NumberArray } from "../tensor/numbers.ts";
import { rowMajorStrides } from "../tensor/shape.ts";
import { elementCount } from "../tensor/tensor.ts";
import type { Convolution, Numbers } from "./convolve.ts";
import { checkChannels } from "./convolve.ts";
import { denseProduct, evenOffsets } from "./dense-product.ts";
import { offsetSums, padPlanes } from "./padded-planes.ts";
import type { ConvTransposeAttributes, Phase, TransposedAxis } from "./transposed-window.ts";
import { allPhases, transposedAxes } from "./transposed-window.ts";

const scaled = (offsets: Int32Array, step: number): Int32Array => offsets.map((offset) => offset * step);

/** The sum over axes of each axis' offsets times its step, for every combination in row-major order. */
function combined(phases: readonly Phase[], field: keyof Phase, sizes: readonly number[]): Int32Array {
  const steps = rowMajorStrides(sizes);
  return phases.reduce<Int32Array>(
    (outer, phase, axis) => offsetSums(outer, scaled(phase[field], steps[axis]!)),
    Int32Array.of(0),
  );
}

/** x with enough zeros around each plane that no phase reads outside. */
function padded(x: Numbers, axes: readonly TransposedAxis[]): NumberArray {
  if (axes.every((axis) => axis.padded === axis.input)) return x.data;
  const block = { data: x.data, size: axes.map((axis) => axis.input) };
  const begins = axes.map((axis) => axis.before);
  return padPlanes(
    block,
    axes.map((axis) => axis.padded),
    begins,
    { planes: x.shape[0]! * x.shape[1]!, fill: 0 },
  );
}

/**
 * Writes the transposed convolution of x with w [channels, outputs / group, ...kernel], plus bias, into `out`. Result elements
 * with the same remainder of the stride meet the same taps, so each such phase is one dense matrix product.
 */
export function convolveTransposed(
  { x, w, bias, out }: Convolution,
  attributes: ConvTransposeAttributes,
  context: EvalContext,
): void {
  const { group = 1 } = attributes;
  checkChannels(x, w, w.shape[0]!);
  const axes = transposedAxes(x.shape, w.shape, attributes);
  const [batch, depth, outputs] = [x.shape[0]!, x.shape[1]! / group, w.shape[1]!];
  const sizes = { x: axes.map((axis) => axis.padded), w: w.shape.slice(2), out: axes.map((axis) => axis.output) };
  const pitch = { x: elementCount(sizes.x), w: elementCount(sizes.w), out: elementCount(sizes.out) };
  const data = padded(x, axes);
  for (const phases of allPhases(axes)) {
    const columns = combined(phases, "outputs", sizes.out);
    const taps = combined(phases, "taps", sizes.w);
    const a = { rows: evenOffsets(outputs, pitch.w), columns: offsetSums(evenOffsets(depth, outputs * pitch.w), taps) };
    const lags = offsetSums(evenOffsets(depth, pitch.x), combined(phases, "lags", sizes.x));
    const b = { rows: lags, columns: combined(phases, "inputs", sizes.x) };
    const c = { rows: evenOffsets(outputs, pitch.out), columns };
    const plus = { rows: evenOffsets(outputs, 1), columns: evenOffsets(columns.length, 0) };
    for (let plane = 0; plane < batch * group; plane++) {
      const g = plane % group;
      denseProduct(
        { data: w.data, offset: g * depth * outputs * pitch.w, ...a },
        { data, offset: plane * depth * pitch.x, ...b },
        { data: out, offset: plane * outputs * pitch.out, ...c },
        { plus: bias && { data: bias, offset: g * outputs, ...plus }, context },
      );
    }
  }
}
