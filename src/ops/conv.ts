import { formatType, tensorType } from "../graph/type.ts";
import type { Dim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import { elementCount } from "../tensor/tensor.ts";
import type { Activation } from "./activation.ts";
import { activate } from "./activation.ts";
import { convOperands } from "./conv-shape.ts";
import type { ConvAttributes } from "./convolve.ts";
import { convolve, convolvedShape } from "./convolve.ts";
import { requireDType } from "./dtype-class.ts";
import { op } from "./op.ts";
import { tensorOperand } from "./tensor-operand.ts";
import { checkWindow, windowOutput } from "./window.ts";

export type FusedConvAttributes = ConvAttributes & {
  /** Applied to each element of the result. */
  readonly activation?: Activation | undefined;
};

/**
 * y[n, o, p] = bias[o] + Σ(c, t) w[o, c, t] · x[n, c, p·stride + t·dilation - pad] over any number of spatial axes:
 * x [batch, channels, ...spatial], w [outputs, channels / group, ...kernel], bias [outputs]. Outside x there are zeros.
 * Then the activation, if there is one.
 */
export const conv = op("conv", ["x", "w", "bias?"], {
  infer([x, w, bias], attributes: FusedConvAttributes) {
    const { dtype } = tensorOperand(x, "x");
    requireDType(dtype, "float", "x");
    if (tensorOperand(w, "w").dtype !== dtype) {
      throw new ShapeError(
        `the dtypes of x ${formatType(x.type)} and w ${formatType(w.type)} differ; cast one of them.`,
      );
    }
    const shapes = convOperands(x, w, bias, { group: attributes.group ?? 1, isTransposed: false });
    if (shapes === undefined) return tensorType(dtype, undefined);
    checkWindow(attributes, shapes.x.length - 2);
    const places = windowOutput(shapes.x.slice(2), shapes.w.slice(2), attributes);
    return tensorType(dtype, [shapes.x[0] as Dim, shapes.w[0] as Dim, ...places]);
  },
  eval([x, w, bias], attributes: FusedConvAttributes, context) {
    const shape = convolvedShape(x.shape, w.shape, attributes);
    const out = x.dtype === "f32" ? new Float32Array(elementCount(shape)) : new Float64Array(elementCount(shape));
    const [xs, ws] = [
      { data: numbers(x), shape: x.shape },
      { data: numbers(w), shape: w.shape },
    ];
    convolve({ x: xs, w: ws, bias: bias && numbers(bias), out }, attributes, context);
    activate(out, attributes.activation);
    return fromNumbers(x.dtype, shape, out);
  },
});
