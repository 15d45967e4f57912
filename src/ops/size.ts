import { tensorType } from "../graph/type.ts";
import { productOfDims } from "../tensor/dim.ts";
import { scalar } from "../tensor/numbers.ts";
import { elementCount } from "../tensor/tensor.ts";
import { op } from "./op.ts";
import { tensorOperand } from "./tensor-operand.ts";

/** The number of elements of x, as an i64 scalar. */
export const size = op("size", ["x"], {
  infer([x]) {
    tensorOperand(x, "x");
    return tensorType("i64", []);
  },
  eval: ([x]) => scalar("i64", elementCount(x.shape)),
  dims([x]) {
    const { shape } = tensorOperand(x, "x");
    return shape && [productOfDims(shape)];
  },
});
