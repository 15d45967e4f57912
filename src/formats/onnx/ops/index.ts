import type { OnnxOps } from "../onnx-op.ts";
import { activations } from "./activations.ts";
import { arithmetic } from "./arithmetic.ts";
import { attention } from "./attention.ts";
import { batchNormalization } from "./batch-normalization.ts";
import { casts } from "./casts.ts";
import { constants } from "./constants.ts";
import { contribActivations } from "./contrib-activations.ts";
import { contribAlgebra } from "./contrib-algebra.ts";
import { contribAttention } from "./contrib-attention.ts";
import { contribDecoding } from "./contrib-decoding.ts";
import { contribEmbedding } from "./contrib-embedding.ts";
import { contribExperts } from "./contrib-experts.ts";
import { contribFused } from "./contrib-fused.ts";
import { contribLinear } from "./contrib-linear.ts";
import { contribMovement } from "./contrib-movement.ts";
import { contribNormalization } from "./contrib-normalization.ts";
import { contribQuantization } from "./contrib-quantization.ts";
import { contribQuantizedLinear } from "./contrib-quantized-linear.ts";
import { contribTransformers } from "./contrib-transformers.ts";
import { controlFlow } from "./control-flow.ts";
import { convolution } from "./convolution.ts";
import { flexAttention } from "./flex-attention.ts";
import { differentiation } from "./gradient.ts";
import { images } from "./images.ts";
import { indexing } from "./indexing.ts";
import { linear } from "./linear.ts";
import { logic } from "./logic.ts";
import { loss } from "./loss.ts";
import { microsoftVision } from "./microsoft-vision.ts";
import { mlFeatures } from "./ml-features.ts";
import { mlLabels } from "./ml-labels.ts";
import { mlLinear } from "./ml-linear.ts";
import { mlSvm } from "./ml-svm.ts";
import { mlTrees } from "./ml-trees.ts";
import { movement } from "./movement.ts";
import { normalization } from "./normalization.ts";
import { padding } from "./padding.ts";
import { pooling } from "./pooling.ts";
import { quantization } from "./quantization.ts";
import { random } from "./random.ts";
import { microsoftRecurrent, recurrent } from "./recurrent.ts";
import { reductions } from "./reductions.ts";
import { resampling } from "./resampling.ts";
import { running } from "./running.ts";
import { sequences } from "./sequences.ts";
import { shapes } from "./shapes.ts";
import { signal } from "./signal.ts";
import { softmax } from "./softmax.ts";
import { sorting } from "./sorting.ts";
import { splitting } from "./splitting.ts";
import { text } from "./text.ts";
import { training } from "./training.ts";
import { transformers } from "./transformers.ts";
import { trigonometry } from "./trigonometry.ts";

/** Every family of ONNX mappings, in alphabetical order. */
export const onnxFamilies: readonly OnnxOps[] = [
  activations,
  arithmetic,
  attention,
  batchNormalization,
  casts,
  constants,
  contribActivations,
  contribAlgebra,
  contribAttention,
  contribDecoding,
  contribEmbedding,
  contribExperts,
  contribFused,
  contribLinear,
  contribMovement,
  contribNormalization,
  contribQuantization,
  contribQuantizedLinear,
  contribTransformers,
  controlFlow,
  convolution,
  differentiation,
  flexAttention,
  images,
  indexing,
  linear,
  logic,
  loss,
  microsoftRecurrent,
  microsoftVision,
  mlFeatures,
  mlLabels,
  mlLinear,
  mlSvm,
  mlTrees,
  movement,
  normalization,
  padding,
  pooling,
  quantization,
  random,
  recurrent,
  reductions,
  resampling,
  running,
  sequences,
  shapes,
  signal,
  softmax,
  sorting,
  splitting,
  text,
  training,
  transformers,
  trigonometry,
];
