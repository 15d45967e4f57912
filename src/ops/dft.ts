import { knownDims, knownNumbers } from "../graph/known-dims.ts";
import { isAbsent } from "../graph/leaves.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import { addDims, floorDivDims, mulDims, subDims, unknownDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import { resolveAxis } from "./axis.ts";
import { requireDType } from "./dtype-class.ts";
import { planFourier } from "./fourier.ts";
import { op } from "./op.ts";
import { scalarNumber, scalarOperand } from "./scalar-operand.ts";
import { tensorOperand } from "./tensor-operand.ts";

export interface DftAttributes {
  /** e^(+2πi·kn/N), divided by N. */
  readonly inverse?: boolean | undefined;
  /** Forward: only the first floor(N/2)+1 results. Inverse: x holds only those, and the result is real. */
  readonly onesided?: boolean | undefined;
}

/**
 * The discrete Fourier transform of any length along one axis of x, whose last axis holds one number (real) or two (complex). x is
 * cut or filled with zeros to `length`; left out, it is the axis' own (2·(own - 1) for a one-sided inverse). Length and axis are
 * integer scalars.
 */
export const dft = op("dft", ["x", "length?", "axis"], {
  infer([x, length, axisOperand], attributes: DftAttributes) {
    const { dtype, shape } = tensorOperand(x, "x");
    requireDType(dtype, "float", "x");
    scalarOperand(axisOperand, "axis", "integer");
    if (!isAbsent(length)) scalarOperand(length, "length", "integer");
    if (shape === undefined) return tensorType(dtype, undefined);
    const parts = shape[shape.length - 1];
    const known = knownNumbers(axisOperand)?.[0];
    const axis = known === undefined ? undefined : resolveAxis(known, shape.length);
    if (axis === shape.length - 1 || (typeof parts === "number" && parts !== 1 && parts !== 2)) {
      throw new ShapeError(
        `x must end with an axis of 1 or 2 numbers that is not transformed, got ${formatType(x.type)}, axis ${axis ?? "unknown"}.`,
      );
    }
    const { inverse = false, onesided = false } = attributes;
    const ending = inverse && onesided ? 1 : 2;
    if (axis === undefined)
      return tensorType(
        dtype,
        shape.map((_dim, i) => (i === shape.length - 1 ? ending : unknownDim)),
      );
    const n = lengthOf(length, shape[axis] as Dim, inverse && onesided);
    const bins = onesided && !inverse ? addDims(floorDivDims(n, 2), 1) : n;
    return tensorType(dtype, [...shape.with(axis, bins).slice(0, -1), ending]);
  },
  eval([x, length, axisOperand], attributes: DftAttributes, context) {
    const axis = resolveAxis(scalarNumber(axisOperand, "axis"), x.shape.length);
    const own = x.shape[axis]!;
    const isReal = (attributes.inverse && attributes.onesided) ?? false;
    const n = length === undefined ? (isReal ? 2 * (own - 1) : own) : scalarNumber(length, "length");
    if (!(n >= 0)) throw new ShapeError(`length must not be negative, got ${n}.`);
    const lines = linesOf(x, axis);
    const bins = attributes.onesided && !attributes.inverse ? Math.floor(n / 2) + 1 : n;
    const shape = [...x.shape.with(axis, bins).slice(0, -1), isReal ? 1 : 2];
    const out = new Float64Array(elementCount(shape));
    const transform = planFourier(n);
    const [re, im] = [new Float64Array(n), new Float64Array(n)];
    const write = writer(out, bins, lines, { isReal, scale: attributes.inverse ? 1 / n : 1 });
    for (let line = 0; line < lines.count; line++) {
      read(x, lines, line, re, im);
      if (isReal) mirror(re, im);
      // The inverse is the forward transform with the two parts exchanged, going in and coming out.
      if (attributes.inverse) transform(im, re);
      else transform(re, im);
      write(line, re, im);
      if (line % 64 === 0) context.poll();
    }
    return fromNumbers(x.dtype, shape, out);
  },
});

function lengthOf(length: Value, own: Dim, isHalf: boolean): Dim {
  if (!isAbsent(length)) return knownDims(length)?.[0] ?? unknownDim;
  return isHalf ? mulDims(subDims(own, 1), 2) : own;
}

/** The lines of x along an axis: `inner` of them side by side, `parts` numbers an element. */
interface Lines {
  readonly own: number;
  readonly inner: number;
  readonly parts: number;
  readonly count: number;
}

function linesOf(x: Tensor, axis: number): Lines {
  const inner = elementCount(x.shape.slice(axis + 1, -1));
  const outer = elementCount(x.shape.slice(0, axis));
  return { own: x.shape[axis]!, inner, parts: x.shape[x.shape.length - 1]!, count: outer * inner };
}

function read(x: Tensor, { own, inner, parts }: Lines, line: number, re: Float64Array, im: Float64Array): void {
  const data = numbers(x);
  const start = Math.floor(line / inner) * own * inner + (line % inner);
  re.fill(0);
  im.fill(0);
  for (let i = 0; i < Math.min(own, re.length); i++) {
    const at = (start + i * inner) * parts;
    re[i] = data[at]!;
    if (parts === 2) im[i] = data[at + 1]!;
  }
}

/** Fills in the second half of a spectrum whose signal is real: X[N - k] is the conjugate of X[k]. */
function mirror(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  for (let k = Math.floor(n / 2) + 1; k < n; k++) {
    re[k] = re[n - k]!;
    im[k] = -im[n - k]!;
  }
}

function writer(
  out: Float64Array,
  bins: number,
  { inner }: Lines,
  { isReal, scale }: { readonly isReal: boolean; readonly scale: number },
) {
  return (line: number, re: Float64Array, im: Float64Array): void => {
    const start = Math.floor(line / inner) * bins * inner + (line % inner);
    for (let i = 0; i < bins; i++) {
      const at = (start + i * inner) * (isReal ? 1 : 2);
      out[at] = re[i]! * scale;
      if (!isReal) out[at + 1] = im[i]! * scale;
    }
  };
}
