import { constant, isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { cosineWindow } from "../../../ops/cosine-window.ts";
import type { DftAttributes } from "../../../ops/dft.ts";
import { dft } from "../../../ops/dft.ts";
import { melWeightMatrix } from "../../../ops/mel-weight-matrix.ts";
import { stft } from "../../../ops/stft.ts";
import { scalar } from "../../../tensor/numbers.ts";
import type { OnnxNode } from "../node.ts";
import type { OnnxMapping } from "../onnx-op.ts";
import { onnxOps } from "../onnx-op.ts";
import { dtypeAttribute } from "./dtype-attribute.ts";

const window =
  (...coefficients: readonly number[]): OnnxMapping =>
  ([size], node) =>
    cosineWindow(size, {
      coefficients,
      periodic: node.flag("periodic", true),
      dtype: dtypeAttribute(node, "output_datatype") ?? "f32",
    });

const axisScalar = (axis: number): Value => constant(scalar("i64", axis));

const dftAttributes = (node: OnnxNode): DftAttributes => ({
  inverse: node.flag("inverse", false),
  onesided: node.flag("onesided", false),
});

export const signal = onnxOps({
  BlackmanWindow: window(0.42, 0.5, 0.08),
  DFT: {
    17: ([x, length], node) => dft(x, length, axisScalar(node.int("axis", 1)), dftAttributes(node)),
    20: ([x, length, axis], node) => dft(x, length, isAbsent(axis) ? axisScalar(-2) : axis, dftAttributes(node)),
  },
  HammingWindow: window(25 / 46, 21 / 46),
  HannWindow: window(0.5, 0.5),
  MelWeightMatrix: ([melBins, dftLength, sampleRate, lowerHertz, upperHertz], node) => {
    const dtype = dtypeAttribute(node, "output_datatype") ?? "f32";
    return melWeightMatrix(melBins, dftLength, sampleRate, lowerHertz, upperHertz, { dtype });
  },
  STFT: ([x, step, windowValue, frameLength], node) =>
    stft(x, step, windowValue, frameLength, { onesided: node.flag("onesided", true) }),
});
