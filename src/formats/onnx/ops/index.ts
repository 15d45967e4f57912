import type { OnnxOps } from "../onnx-op.ts";
import { activations } from "./activations.ts";
import { arithmetic } from "./arithmetic.ts";
import { convolution } from "./convolution.ts";

/** Every family of ONNX mappings, in alphabetical order. */
export const onnxFamilies: readonly OnnxOps[] = [activations, arithmetic, convolution];
