import { tensorType } from "../graph/type.ts";
import { unknownDim } from "../tensor/dim.ts";
import { tensor } from "../tensor/tensor.ts";
import { op } from "./op.ts";
import { operandShape } from "./tensor-operand.ts";

/** The shape of x as an i64 vector. */
export const shapeOf = op("shapeOf", ["x"], {
  infer: ([x]) => tensorType("i64", [operandShape(x, "x")?.length ?? unknownDim]),
  eval: ([x]) => tensor("i64", [x.shape.length], BigInt64Array.from(x.shape, BigInt)),
  dims: ([x]) => operandShape(x, "x"),
});
