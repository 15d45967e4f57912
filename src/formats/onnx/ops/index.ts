import type { OnnxOps } from "../onnx-op.ts";
import { activations } from "./activations.ts";
import { arithmetic } from "./arithmetic.ts";
import { convolution } from "./convolution.ts";
import { indexing } from "./indexing.ts";
import { movement } from "./movement.ts";
import { padding } from "./padding.ts";
import { pooling } from "./pooling.ts";
import { running } from "./running.ts";
import { shapes } from "./shapes.ts";
import { sorting } from "./sorting.ts";
import { splitting } from "./splitting.ts";

/** Every family of ONNX mappings, in alphabetical order. */
export const onnxFamilies: readonly OnnxOps[] = [
  activations,
  arithmetic,
  convolution,
  indexing,
  movement,
  padding,
  pooling,
  running,
  shapes,
  sorting,
  splitting,
];
