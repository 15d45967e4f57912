import { isAbsent } from "../graph/leaves.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { DType } from "../tensor/dtype.ts";
import { isFloat, isInteger } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { NumberArray } from "../tensor/numbers.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { broadcastRuns } from "./broadcast-runs.ts";
import { castTensor } from "./cast.ts";
import { requireDType } from "./dtype-class.ts";
import { integerRange } from "./integer-range.ts";
import { op } from "./op.ts";
import type { Parameter, QuantizationAttributes } from "./quantization.ts";
import { checkQuantization, layParameter, noZeroPoint } from "./quantization.ts";
import { roundHalfEven } from "./round.ts";
import { tensorOperand } from "./tensor-operand.ts";

type QuantizeAttributes = QuantizationAttributes & {
  /** An integer or a narrow float; the zero point's dtype where there is one. */
  readonly to: DType;
  /** The dtype in which x is divided by the scale: the scale's when left out. */
  readonly precision?: DType;
  /** For 8-bit floats: see Float8Options. */
  readonly saturate?: boolean;
};

/**
 * round(x / scale) + zeroPoint, ties to even, kept within the range of an integer dtype `to`; for a float `to` the quotient plus
 * zeroPoint, rounded to it. NaN becomes the least integer.
 */
export const quantizeLinear = op("quantizeLinear", ["x", "scale", "zeroPoint?"], {
  infer([x, scale, zeroPoint], attributes: QuantizeAttributes) {
    const { dtype, shape } = tensorOperand(x, "x");
    requireDType(dtype, "numeric", "x");
    requireDType(tensorOperand(scale, "scale").dtype, "numeric", "scale");
    requireDType(attributes.to, "numeric", "the result");
    if (!isAbsent(zeroPoint) && tensorOperand(zeroPoint, "zeroPoint").dtype !== attributes.to) {
      throw new ShapeError(`zeroPoint must be ${attributes.to} as the result is, got ${formatType(zeroPoint.type)}.`);
    }
    checkQuantization(x, scale, zeroPoint, attributes);
    return tensorType(attributes.to, shape);
  },
  eval([x, scale, zeroPoint], attributes: QuantizeAttributes) {
    const { to, saturate = true } = attributes;
    const precision = attributes.precision ?? divisionDType(x.dtype, scale.dtype);
    const quotients = divide(castTensor(x, precision), layParameter(castTensor(scale, precision), x.shape, attributes));
    const zero = zeroPoint === undefined ? noZeroPoint : layParameter(zeroPoint, x.shape, attributes);
    const finish = isInteger(to) ? intoRange(to) : (quotient: number, offset: number) => quotient + offset;
    const out = new Float64Array(quotients.length);
    broadcastRuns([zero.shape], x.shape, (at, count, [i = 0], [step = 0]) => {
      for (let n = 0; n < count; n++) out[at + n] = finish(quotients[at + n]!, zero.values[i + n * step]!);
    });
    return fromNumbers(to, x.shape, out, { saturate });
  },
});

/** The scale's dtype, or x's when the scale is an integer or a bare exponent; f32 when neither is a float. */
function divisionDType(x: DType, scale: DType): DType {
  if (isFloat(scale) && scale !== "f8e8m0") return scale;
  return isFloat(x) ? x : "f32";
}

/** x / scale, rounded to x's dtype. */
function divide(x: Tensor, scale: Parameter): NumberArray {
  const values = numbers(x);
  const out = x.dtype === "f32" ? new Float32Array(values.length) : new Float64Array(values.length);
  broadcastRuns([scale.shape], x.shape, (at, count, [i = 0], [step = 0]) => {
    for (let n = 0; n < count; n++) out[at + n] = values[at + n]! / scale.values[i + n * step]!;
  });
  return numbers(fromNumbers(x.dtype, x.shape, out));
}

function intoRange(dtype: DType): (quotient: number, offset: number) => number {
  const [min, max] = integerRange(dtype);
  return (quotient, offset) => {
    const value = roundHalfEven(quotient) + offset;
    return value > min ? Math.min(value, max) : min;
  };
}
