import { isAbsent } from "../graph/leaves.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { DType } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import { broadcastRuns } from "./broadcast-runs.ts";
import { requireDType } from "./dtype-class.ts";
import { op } from "./op.ts";
import type { QuantizationAttributes } from "./quantization.ts";
import { checkQuantization, layParameter, noZeroPoint } from "./quantization.ts";
import { tensorOperand } from "./tensor-operand.ts";

type DequantizeAttributes = QuantizationAttributes & {
  /** The dtype of the result; the scale's when left out. */
  readonly to?: DType;
};

/** (x − zeroPoint) · scale, with scale and zero point per tensor, per index of an axis, or per block along it. */
export const dequantizeLinear = op("dequantizeLinear", ["x", "scale", "zeroPoint?"], {
  infer([x, scale, zeroPoint], attributes: DequantizeAttributes) {
    const { dtype, shape } = tensorOperand(x, "x");
    const to = attributes.to ?? tensorOperand(scale, "scale").dtype;
    requireDType(dtype, "numeric", "x");
    requireDType(to, "float", "the result");
    if (!isAbsent(zeroPoint) && tensorOperand(zeroPoint, "zeroPoint").dtype !== dtype) {
      throw new ShapeError(`zeroPoint must be ${dtype} as x is, got ${formatType(zeroPoint.type)}.`);
    }
    checkQuantization(x, scale, zeroPoint, attributes);
    return tensorType(to, shape);
  },
  eval([x, scale, zeroPoint], attributes: DequantizeAttributes) {
    const values = numbers(x);
    const factor = layParameter(scale, x.shape, attributes);
    const zero = zeroPoint === undefined ? noZeroPoint : layParameter(zeroPoint, x.shape, attributes);
    const to = attributes.to ?? scale.dtype;
    const out = to === "f32" ? new Float32Array(values.length) : new Float64Array(values.length);
    broadcastRuns([factor.shape, zero.shape], x.shape, (at, count, [i = 0, j = 0], [di = 0, dj = 0]) => {
      for (let n = 0; n < count; n++) {
        out[at + n] = (values[at + n]! - zero.values[j + n * dj]!) * factor.values[i + n * di]!;
      }
    });
    return fromNumbers(to, x.shape, out);
  },
});
