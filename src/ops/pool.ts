import type { TensorType } from "../graph/type.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import type { PaddedPlanes } from "./padded-planes.ts";
import { paddedPlanes } from "./padded-planes.ts";
import { tensorOperand } from "./tensor-operand.ts";
import type { Window, WindowAttributes } from "./window.ts";
import { checkList, checkWindow, settleWindow, windowOutput } from "./window.ts";

export interface PoolAttributes extends WindowAttributes {
  /** The size of the window along each spatial axis. */
  readonly kernel: readonly number[];
}

/** The type of a pooling of x[batch, channels, ...spatial]. Throws ShapeError naming x when the window does not fit it. */
export function poolType(x: Value, attributes: PoolAttributes): TensorType {
  const { dtype, shape } = tensorOperand(x, "x");
  if (shape === undefined) return tensorType(dtype, undefined);
  const rank = attributes.kernel.length;
  if (rank === 0 || shape.length !== rank + 2) {
    throw new ShapeError(
      `x must have rank ${rank + 2} for a kernel of [${attributes.kernel.join(", ")}], got ${formatType(x.type)}.`,
    );
  }
  checkList("kernel", attributes.kernel, rank, 1);
  checkWindow(attributes, rank);
  return tensorType(dtype, [...shape.slice(0, 2), ...windowOutput(shape.slice(2), attributes.kernel, attributes)]);
}

/** The window of a pooling over x of known shape. */
export const poolWindow = (x: Tensor, attributes: PoolAttributes): Window =>
  settleWindow(x.shape.slice(2), attributes.kernel, attributes);

/** Reduces the window at every place of every plane: `reduce` gets the planes, and writes one plane of the result. */
export function evalPool(
  x: Tensor,
  window: Window,
  fill: number,
  reduce: (planes: PaddedPlanes, start: number, out: Float32Array | Float64Array, outStart: number) => void,
): Tensor {
  const planes = x.shape[0]! * x.shape[1]!;
  const shape = [x.shape[0]!, x.shape[1]!, ...window.output];
  const out = x.dtype === "f32" ? new Float32Array(elementCount(shape)) : new Float64Array(elementCount(shape));
  if (out.length === 0) return fromNumbers(x.dtype, shape, out);
  const padded = paddedPlanes(numbers(x), planes, window, fill);
  const places = padded.positions.length;
  for (let plane = 0; plane < planes; plane++) reduce(padded, plane * padded.pitch, out, plane * places);
  return fromNumbers(x.dtype, shape, out);
}
