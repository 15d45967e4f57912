import { sigmoid } from "../../../ops/sigmoid.ts";
import { onnxOps } from "../onnx-op.ts";

export const activations = onnxOps({
  Sigmoid: ([x]) => sigmoid(x),
});
