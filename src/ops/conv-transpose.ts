import { formatType, tensorType } from "../graph/type.ts";
import type { Dim } from "../tensor/dim.ts";
import { mulDims } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import { elementCount } from "../tensor/tensor.ts";
import { convOperands } from "./conv-shape.ts";
import { convolveTransposed } from "./convolve-transposed.ts";
import { requireDType } from "./dtype-class.ts";
import { op } from "./op.ts";
import { tensorOperand } from "./tensor-operand.ts";
import type { ConvTransposeAttributes } from "./transposed-window.ts";
import { checkTransposedWindow, transposedOutput } from "./transposed-window.ts";

/**
 * The gradient of `conv` in x: every x[n, c, i] adds w[c, o, k]·x to y[n, o, i·stride + k·dilation - pad]. w is
 * [channels, outputs / group, ...kernel], bias [outputs]; the result is stride·(size - 1) + window - pads + outputPadding long.
 */
export const convTranspose = op("convTranspose", ["x", "w", "bias?"], {
  infer([x, w, bias], attributes: ConvTransposeAttributes) {
    const { dtype } = tensorOperand(x, "x");
    requireDType(dtype, "float", "x");
    if (tensorOperand(w, "w").dtype !== dtype) {
      throw new ShapeError(
        `the dtypes of x ${formatType(x.type)} and w ${formatType(w.type)} differ; cast one of them.`,
      );
    }
    const { group = 1 } = attributes;
    const shapes = convOperands(x, w, bias, { group, isTransposed: true });
    if (shapes === undefined) return tensorType(dtype, undefined);
    checkTransposedWindow(attributes, shapes.x.length - 2);
    const outputs = mulDims(shapes.w[1] as Dim, group);
    const places = transposedOutput(shapes.x.slice(2), shapes.w.slice(2), attributes);
    if (places.some((size) => typeof size === "number" && size < 0)) {
      throw new ShapeError(
        `the pads cut off more than the result of x ${formatType(x.type)} and w ${formatType(w.type)} has; use smaller pads.`,
      );
    }
    return tensorType(dtype, [shapes.x[0] as Dim, outputs, ...places]);
  },
  eval([x, w, bias], attributes: ConvTransposeAttributes, context) {
    const places = transposedOutput(x.shape.slice(2), w.shape.slice(2), attributes) as number[];
    const shape = [x.shape[0]!, w.shape[1]! * (attributes.group ?? 1), ...places];
    const out = x.dtype === "f32" ? new Float32Array(elementCount(shape)) : new Float64Array(elementCount(shape));
    const [xs, ws] = [
      { data: numbers(x), shape: x.shape },
      { data: numbers(w), shape: w.shape },
    ];
    convolveTransposed({ x: xs, w: ws, bias: bias && numbers(bias), out }, attributes, context);
    return fromNumbers(x.dtype, shape, out);
  },
});
