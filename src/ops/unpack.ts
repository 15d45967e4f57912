import { formatType, tensorType } from "../graph/type.ts";
import { mulDims } from "../tensor/dim.ts";
import type { DType } from "../tensor/dtype.ts";
import { dtypes, isPacked } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";
import { op } from "./op.ts";
import { tensorOperand } from "./tensor-operand.ts";

type UnpackAttributes = { readonly to: DType };

/** Bytes [..., n] read as elements of 4 or 2 bits, the first in the low bits of a byte: [..., 2n] or [..., 4n]. Nothing moves. */
export const unpack = op("unpack", ["x"], {
  infer([x], { to }: UnpackAttributes) {
    const { dtype, shape } = tensorOperand(x, "x");
    if (dtype !== "u8" || shape?.length === 0 || !isPacked(to)) {
      throw new ShapeError(
        `x must be bytes with at least one axis, to be read as a dtype of less than 8 bits, got ${formatType(x.type)} and ${to}.`,
      );
    }
    return tensorType(to, shape?.with(-1, mulDims(shape.at(-1) ?? 1, 8 / dtypes[to].bits)));
  },
  eval: ([x], { to }: UnpackAttributes) => ({
    dtype: to,
    shape: x.shape.with(-1, ((x.shape.at(-1) ?? 1) * 8) / dtypes[to].bits),
    data: x.data,
  }),
});
