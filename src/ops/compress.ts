import { knownDims, knownNumbers } from "../graph/known-dims.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Dim } from "../tensor/dim.ts";
import { unknownDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { elementCount } from "../tensor/tensor.ts";
import { resolveAxis } from "./axis.ts";
import { nonZeroPlaces } from "./non-zero.ts";
import { op } from "./op.ts";
import { takeEntries } from "./take-entries.ts";
import { operandShape, tensorOperand } from "./tensor-operand.ts";

type CompressAttributes = { readonly axis?: number };

/** The entries of x along `axis` (the elements of x in row-major order when left out) where the bool vector `condition` is true. It may be shorter than the axis. */
export const compress = op("compress", ["x", "condition"], {
  infer([x, condition], { axis }: CompressAttributes) {
    const { dtype, shape } = tensorOperand(x, "x");
    operandShape(condition, "condition", 1);
    if (tensorOperand(condition, "condition").dtype !== "bool") {
      throw new ShapeError(`condition must be a bool vector, got ${formatType(condition.type)}.`);
    }
    const kept: Dim = knownNumbers(condition)?.filter((flag) => flag !== 0).length ?? unknownDim;
    if (axis === undefined) return tensorType(dtype, [kept]);
    return tensorType(dtype, shape?.with(resolveAxis(axis, shape.length), kept));
  },
  eval([x, condition], { axis }: CompressAttributes) {
    const from = axis === undefined ? [elementCount(x.shape)] : x.shape;
    const at = resolveAxis(axis ?? 0, from.length);
    const places = nonZeroPlaces(condition);
    const length = from[at]!;
    if (places.some((place) => place >= length)) {
      throw new ShapeError(
        `condition is true at ${places.find((place) => place >= length)}, past the ${length} entries of x.`,
      );
    }
    return takeEntries({ ...x, shape: from }, at, places);
  },
  dims([x, condition]) {
    const [elements, flags] = [knownDims(x), knownNumbers(condition)];
    return flags && elements?.filter((_element, i) => (flags[i] ?? 0) !== 0);
  },
});
