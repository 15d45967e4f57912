import { knownDims } from "../graph/known-dims.ts";
import { formatType, tensorType } from "../graph/type.ts";
import { mulDims, unknownDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { rowMajorStrides } from "../tensor/shape.ts";
import { elementCount } from "../tensor/tensor.ts";
import { indexNumbers, indexVector } from "./index-operand.ts";
import { op } from "./op.ts";
import { fromSlots, newSlots, slotsOf } from "./slots.ts";
import { stridedCopy } from "./strided-copy.ts";
import { tensorOperand } from "./tensor-operand.ts";

/** x laid out repeats[i] times along each axis i. */
export const tile = op("tile", ["x", "repeats"], {
  infer([x, repeats]) {
    const { dtype, shape } = tensorOperand(x, "x");
    const { length, dims } = indexVector(repeats, "repeats") ?? {};
    if (shape !== undefined && length !== undefined && length !== shape.length) {
      throw new ShapeError(`repeats must have one entry an axis of x ${formatType(x.type)}, got ${length}.`);
    }
    return tensorType(
      dtype,
      shape?.map((dim, i) => mulDims(dim, dims?.[i] ?? unknownDim)),
    );
  },
  eval([x, repeats]) {
    const times = indexNumbers(repeats);
    if (times.length !== x.shape.length || times.some((count) => count < 0)) {
      throw new ShapeError(`repeats [${times.join(", ")}] must hold ${x.shape.length} counts, one an axis of x.`);
    }
    const shape = x.shape.map((dim, i) => dim * times[i]!);
    const [from, to] = [rowMajorStrides(x.shape), rowMajorStrides(shape)];
    const target = newSlots(x.dtype, elementCount(shape));
    stridedCopy(
      x.shape.flatMap((dim, i) => [times[i]!, dim]),
      { slots: slotsOf(x), offset: 0, strides: from.flatMap((stride) => [0, stride]) },
      { slots: target, offset: 0, strides: to.flatMap((stride, i) => [stride * x.shape[i]!, stride]) },
    );
    return fromSlots(target, shape);
  },
  dims([x, repeats]) {
    const [elements, times] = [knownDims(x), knownDims(repeats)];
    const count = times?.[0];
    if (elements === undefined || typeof count !== "number" || count * elements.length > 1024) return undefined;
    return Array.from({ length: count }, () => elements).flat();
  },
});
