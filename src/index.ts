export type { ExternalSource, FileRange } from "./api/external-source.ts";
export type { Formula, FormulaInputs, FormulaNumber, FormulaOperand, FormulaTruth } from "./api/formula.ts";
export { type Limits, type LoadOptions, type LoadProgress, load } from "./api/load.ts";
export type { ModelSource } from "./api/read-source.ts";
export {
  type CustomAttributes,
  type CustomOp,
  type EvaluatedOp,
  type FormulaOp,
  registerOp,
  type TensorFacts,
} from "./api/register-op.ts";
export type { DecodedImage, DecodeImage, ImageFormat } from "./graph/image.ts";
export type { Feed, TypedArray } from "./runtime/feed.ts";
export type { Model, ModelInfo, Outputs, PortInfo, RunOptions } from "./runtime/model.ts";
export type { StepReport } from "./runtime/step-report.ts";
export type { Datum } from "./tensor/datum.ts";
export {
  addDims,
  ceilDivDims,
  type Dim,
  floorDivDims,
  mulDims,
  subDims,
  unknownDim,
} from "./tensor/dim.ts";
export type { DType } from "./tensor/dtype.ts";
export {
  AbortedError,
  FormatError,
  LanewiseError,
  LimitError,
  ShapeError,
  TargetError,
  UnsupportedError,
  UsageError,
} from "./tensor/errors.ts";
export type { Tensor } from "./tensor/tensor.ts";
