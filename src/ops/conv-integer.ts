import { absent, isAbsent } from "../graph/leaves.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import { productOfDims } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount, tensor } from "../tensor/tensor.ts";
import { convOperands } from "./conv-shape.ts";
import type { ConvAttributes, Numbers } from "./convolve.ts";
import { convolve, convolvedShape } from "./convolve.ts";
import { op } from "./op.ts";
import { tensorOperand } from "./tensor-operand.ts";
import { checkWindow, windowOutput } from "./window.ts";

/**
 * The convolution of 8-bit integers less their zero points, as exact i32 sums that wrap. x and its scalar zero point are i8 or u8,
 * so are w and its own, which may have one element an output channel. Padding stands for x's zero point.
 */
export const convInteger = op("convInteger", ["x", "w", "xZeroPoint?", "wZeroPoint?"], {
  infer([x, w, xZeroPoint, wZeroPoint], attributes: ConvAttributes) {
    requireBytes(x, xZeroPoint, "x");
    requireBytes(w, wZeroPoint, "w");
    const shapes = convOperands(x, w, absent, { group: attributes.group ?? 1, isTransposed: false });
    if (shapes === undefined) return tensorType("i32", undefined);
    checkWindow(attributes, shapes.x.length - 2);
    const places = windowOutput(shapes.x.slice(2), shapes.w.slice(2), attributes);
    return tensorType("i32", [shapes.x[0] as Dim, shapes.w[0] as Dim, ...places]);
  },
  eval([x, w, xZeroPoint, wZeroPoint], attributes: ConvAttributes, context) {
    const shape = convolvedShape(x.shape, w.shape, attributes);
    const out = new Int32Array(elementCount(shape));
    convolve(
      { x: lessZeroPoint(x, xZeroPoint), w: lessZeroPoint(w, wZeroPoint), bias: undefined, out },
      attributes,
      context,
    );
    return tensor("i32", shape, out);
  },
});

function requireBytes(value: Value, zeroPoint: Value, name: string): void {
  const { dtype, shape } = tensorOperand(value, name);
  if (dtype !== "i8" && dtype !== "u8")
    throw new ShapeError(`${name} must be i8 or u8, got ${formatType(value.type)}.`);
  if (isAbsent(zeroPoint)) return;
  const given = tensorOperand(zeroPoint, `${name}ZeroPoint`);
  const isPerChannel = name === "w" && given.shape?.length === 1 && shape !== undefined;
  const count = given.shape === undefined ? 1 : productOfDims(given.shape);
  if (
    given.dtype !== dtype ||
    (count !== 1 && typeof count === "number" && !(isPerChannel && fits(count, shape[0] as Dim)))
  ) {
    const wanted = name === "w" ? "a scalar or one element an output channel" : "a scalar";
    throw new ShapeError(
      `${name}ZeroPoint must be ${wanted} of the dtype of ${name} ${formatType(value.type)}, got ${formatType(given)}.`,
    );
  }
}

const fits = (count: number, outputs: Dim): boolean => typeof outputs !== "number" || outputs === count;

/** The elements less their zero point, which is one for all or one for each entry of the first axis. */
function lessZeroPoint(x: Tensor, zeroPoint: Tensor | undefined): Numbers {
  const data = Int16Array.from(numbers(x));
  if (zeroPoint === undefined) return { data, shape: x.shape };
  const zeros = numbers(zeroPoint);
  const run = data.length / zeros.length;
  for (let channel = 0, at = 0; channel < zeros.length; channel++) {
    for (const end = at + run; at < end; at++) data[at] = data[at]! - zeros[channel]!;
  }
  return { data, shape: x.shape };
}
