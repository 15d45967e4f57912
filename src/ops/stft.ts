import { knownDims } from "../graph/known-dims.ts";
import { isAbsent } from "../graph/leaves.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Dim } from "../tensor/dim.ts";
import { addDims, dimToString, floorDivDims, subDims, unknownDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import { requireDType } from "./dtype-class.ts";
import { planFourier } from "./fourier.ts";
import { op } from "./op.ts";
import { scalarNumber, scalarOperand } from "./scalar-operand.ts";
import { operandShape, tensorOperand } from "./tensor-operand.ts";

export interface StftAttributes {
  /** Only the first floor(length/2)+1 bins. */
  readonly onesided: boolean;
}

/**
 * Fourier transforms of windowed frames of signal[batch, time, 1 or 2 parts], `step` apart: [batch, frames, bins, 2]. Frames are as
 * long as `frameLength`, or the window, or the signal. Without a window all samples count alike.
 */
export const stft = op("stft", ["signal", "step", "window?", "frameLength?"], {
  infer([signal, step, window, frameLength], { onesided }: StftAttributes) {
    const { dtype } = tensorOperand(signal, "signal");
    requireDType(dtype, "float", "signal");
    const shape = operandShape(signal, "signal", 3);
    scalarOperand(step, "step", "integer");
    if (!isAbsent(frameLength)) scalarOperand(frameLength, "frameLength", "integer");
    const time = shape?.[1] ?? unknownDim;
    const windowLength = isAbsent(window) ? undefined : (operandShape(window, "window", 1)?.[0] ?? unknownDim);
    const length: Dim = isAbsent(frameLength) ? (windowLength ?? time) : (knownDims(frameLength)?.[0] ?? unknownDim);
    const mismatch = windowLength === undefined ? 0 : subDims(windowLength, length);
    if (typeof mismatch === "number" && mismatch !== 0) {
      throw new ShapeError(
        `window ${formatType(window.type)} must be as long as a frame, which is ${dimToString(length)}.`,
      );
    }
    const hop = knownDims(step)?.[0] ?? unknownDim;
    if (typeof hop === "number" && hop < 1) throw new ShapeError(`step must be at least 1, got ${hop}.`);
    const frames = addDims(floorDivDims(subDims(time, length), hop), 1);
    return tensorType(dtype, [
      shape?.[0] ?? unknownDim,
      frames,
      onesided ? addDims(floorDivDims(length, 2), 1) : length,
      2,
    ]);
  },
  eval([signal, step, window, frameLength], { onesided }: StftAttributes, context) {
    const [batch, time] = [signal.shape[0]!, signal.shape[1]!];
    const length = frameLength === undefined ? (window?.shape[0] ?? time) : scalarNumber(frameLength, "frameLength");
    const hop = scalarNumber(step, "step");
    if (!(hop >= 1)) throw new ShapeError(`step must be at least 1, got ${hop}.`);
    if (!(length >= 0) || (window !== undefined && window.shape[0] !== length)) {
      throw new ShapeError(
        `the frame length ${length} must be that of the window [${window?.shape.join(", ") ?? ""}] and not negative.`,
      );
    }
    const frames = Math.max(0, Math.floor((time - length) / hop) + 1);
    const shape = [batch, frames, onesided ? Math.floor(length / 2) + 1 : length, 2];
    const out = new Float64Array(elementCount(shape));
    if (out.length === 0) return fromNumbers(signal.dtype, shape, out);
    const [re, im, transform] = [new Float64Array(length), new Float64Array(length), planFourier(length)];
    const weights = window ? numbers(window) : new Float64Array(length).fill(1);
    for (let frame = 0, to = 0; frame < batch * frames; frame++) {
      readFrame(signal, Math.floor(frame / frames) * time + (frame % frames) * hop, re, im);
      for (let i = 0; i < length; i++) {
        re[i]! *= weights[i]!;
        im[i]! *= weights[i]!;
      }
      transform(re, im);
      for (let bin = 0; bin < shape[2]!; bin++) {
        out[to++] = re[bin]!;
        out[to++] = im[bin]!;
      }
      context.poll();
    }
    return fromNumbers(signal.dtype, shape, out);
  },
});

function readFrame(signal: Tensor, start: number, re: Float64Array, im: Float64Array): void {
  const [data, parts] = [numbers(signal), signal.shape[2]!];
  for (let i = 0; i < re.length; i++) {
    re[i] = data[(start + i) * parts]!;
    im[i] = parts === 2 ? data[(start + i) * parts + 1]! : 0;
  }
}
