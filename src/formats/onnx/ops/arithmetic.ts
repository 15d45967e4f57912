import { add } from "../../../ops/add.ts";
import { mul } from "../../../ops/mul.ts";
import { onnxOps } from "../onnx-op.ts";

export const arithmetic = onnxOps({
  Add: ([a, b]) => add(a, b),
  Mul: ([a, b]) => mul(a, b),
});
