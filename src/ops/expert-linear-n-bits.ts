import { isAbsent } from "../graph/leaves.ts";
import { tensorType } from "../graph/type.ts";
import type { BlockWeightsAttributes } from "./block-weights.ts";
import { blockRows, blockWeightsShape } from "./block-weights.ts";
import { requireDType } from "./dtype-class.ts";
import { expertProduct, expertProductShape } from "./expert-product.ts";
import { op } from "./op.ts";
import { operandShape, tensorOperand } from "./tensor-operand.ts";

/** `expertLinear` with weights in blocks of 2, 4 or 8 bits: packed [experts, columns, blocks, bytes], see `blockWeightsShape`. */
export const expertLinearNBits = op("expertLinearNBits", ["x", "packed", "scales", "experts", "zeroPoints?", "bias?"], {
  infer([x, packed, scales, experts, zeroPoints, bias], attributes: BlockWeightsAttributes) {
    const { dtype, shape } = tensorOperand(x, "x");
    requireDType(dtype, "float", "x");
    const table = blockWeightsShape([packed, scales, zeroPoints], attributes, shape?.[2], 4);
    if (!isAbsent(bias)) operandShape(bias, "bias", 2);
    return tensorType(dtype, expertProductShape(x, experts, table?.[1]));
  },
  eval([x, packed, scales, experts, zeroPoints, bias], attributes: BlockWeightsAttributes) {
    const [count, columns] = packed.shape as [number, number];
    const readRow = blockRows({ packed, scales, zeroPoints }, attributes, x.shape[2]!);
    return expertProduct(x, experts, { experts: count, columns, readRow }, bias);
  },
});
