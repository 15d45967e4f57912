import { formatType, tensorType } from "../graph/type.ts";
import type { DType } from "../tensor/dtype.ts";
import { dtypes } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { op } from "./op.ts";
import { tensorOperand } from "./tensor-operand.ts";

type BitCastAttributes = { readonly to: DType };

/** The bits of each element read as another dtype of the same width. Bytes read as bool are "not zero". */
export const bitCast = op("bitCast", ["x"], {
  infer([x], { to }: BitCastAttributes) {
    const type = tensorOperand(x, "x");
    const [from, into] = [dtypes[type.dtype].bits, dtypes[to].bits];
    if (from !== into || from === 0) {
      throw new ShapeError(
        `x ${formatType(type)} has elements of ${from} bits, ${to} of ${into}; they must be as wide.`,
      );
    }
    return tensorType(to, type.shape);
  },
  eval: ([x], { to }: BitCastAttributes) => ({ dtype: to, shape: x.shape, data: reinterpret(x, to) }),
});

function reinterpret({ data }: Tensor, to: DType): Tensor["data"] {
  const { buffer, byteOffset, byteLength } = data as Uint8Array<ArrayBuffer>;
  if (to === "bool") return Uint8Array.from(data as Uint8Array, (bits) => Number(bits !== 0));
  const { array } = dtypes[to as Exclude<DType, "string">];
  const size = array.BYTES_PER_ELEMENT;
  if (byteOffset % size === 0) return new array(buffer, byteOffset, byteLength / size);
  return new array(buffer.slice(byteOffset, byteOffset + byteLength));
}
