/** Rounding and bits of floating-point formats with an implicit leading one and gradual underflow. */

/**
 * A format of sign, exponent and mantissa bits. A value is ±(1 + mantissa/2^mantissaBits) * 2^(exponent - bias), subnormal for
 * exponent 0.
 */
export interface FloatFormat {
  readonly exponentBits: number;
  readonly mantissaBits: number;
  readonly bias: number;
}

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/** 2^52: adding and subtracting it rounds a double in [0, 2^51] to an integer, ties to even. */
const roundToInteger = 2 ** 52;

/** 1 for a negative number, -0 included, and for no NaN. */
export const signBit = (value: number): number => (value < 0 || Object.is(value, -0) ? 1 : 0);

/**
 * Encodes magnitudes of one format: the bits below the sign of a finite number >= 0, rounded once, ties to even. Beyond the
 * greatest exponent the bits run on into the sign.
 */
export function magnitudeEncoder({ mantissaBits, bias }: FloatFormat): (magnitude: number) => number {
  const leastExponent = 1 - bias;
  const steps = 2 ** mantissaBits;
  const scales = Float64Array.from({ length: 2048 }, (_, e) => 2 ** (mantissaBits - Math.max(e - 1023, leastExponent)));
  return (magnitude) => {
    double[0] = magnitude;
    const biased = (words[1] ?? 0) >>> 20;
    const scaled = magnitude * (scales[biased] ?? 0);
    const mantissa = scaled + roundToInteger - roundToInteger;
    const exponent = biased - 1023;
    return exponent < leastExponent ? mantissa : (exponent + bias - 1) * steps + mantissa;
  };
}

/** The value of the bits of one format, infinities and NaN aside. */
export function finiteValue(bits: number, { exponentBits, mantissaBits, bias }: FloatFormat): number {
  const mantissa = bits % 2 ** mantissaBits;
  const exponent = Math.floor(bits / 2 ** mantissaBits) % 2 ** exponentBits;
  const sign = Math.floor(bits / 2 ** (mantissaBits + exponentBits)) === 0 ? 1 : -1;
  if (exponent === 0) return sign * mantissa * 2 ** (1 - bias - mantissaBits);
  return sign * (2 ** mantissaBits + mantissa) * 2 ** (exponent - bias - mantissaBits);
}
