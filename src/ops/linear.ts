import { formatType, tensorType } from "../graph/type.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Activation } from "./activation.ts";
import { activate } from "./activation.ts";
import { requireDType } from "./dtype-class.ts";
import { matmul, matmulShape } from "./matmul.ts";
import { op } from "./op.ts";
import { operandShape, tensorOperand } from "./tensor-operand.ts";

type LinearAttributes = { readonly activation?: Activation };

/** activation(a · b + bias): a matrix product of floats as `matmul` defines it, with bias [n] for its last axis. Rounded once a step, as the separate operators are. */
export const linear = op("linear", ["a", "b", "bias?"], {
  infer([a, b, bias], _attributes: LinearAttributes) {
    const [ta, tb] = [tensorOperand(a, "a"), tensorOperand(b, "b")];
    requireDType(ta.dtype, "float", "a");
    if (ta.dtype !== tb.dtype) {
      throw new ShapeError(`the dtypes differ: a ${formatType(ta)}, b ${formatType(tb)}; cast one of them.`);
    }
    if (bias.type.kind === "tensor") operandShape(bias, "bias", 1);
    return tensorType(ta.dtype, matmulShape(a, b));
  },
  eval([a, b, bias], { activation }: LinearAttributes, context) {
    const product = matmul.eval([a, b], {}, context) as typeof a;
    const sums = numbers(product);
    if (bias !== undefined) addRows(sums, numbers(bias));
    activate(sums, activation);
    return fromNumbers(product.dtype, product.shape, sums);
  },
});

/** Adds a vector to each row of as many elements. */
function addRows(data: ReturnType<typeof numbers>, row: ReturnType<typeof numbers>): void {
  for (let start = 0; start < data.length; start += row.length) {
    for (let j = 0; j < row.length; j++) data[start + j]! += row[j]!;
  }
}
