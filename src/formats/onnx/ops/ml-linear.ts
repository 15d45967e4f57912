import { constant } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import { argMax } from "../../../ops/arg-max.ts";
import { matmul } from "../../../ops/matmul.ts";
import { operandShape } from "../../../ops/tensor-operand.ts";
import { FormatError } from "../../../tensor/errors.ts";
import { fromNumbers } from "../../../tensor/numbers.ts";
import { elementCount } from "../../../tensor/tensor.ts";
import type { OnnxNode } from "../node.ts";
import { onnxOps } from "../onnx-op.ts";
import { requiredAttribute, reshapeTo } from "../shape-values.ts";
import { binaryPlace, binaryScores } from "./binary-scores.ts";
import { classLabels, labelsAt } from "./ml-labels.ts";
import { postTransformOf, transformScores } from "./post-transform.ts";
import { castTo } from "./precision.ts";

/** The linear models of ai.onnx.ml. */
export const mlLinear = onnxOps(
  {
    LinearClassifier: ([x], node) => classify(x, node),
    LinearRegressor: ([x], node) =>
      transformScores(linearScores(x, node, node.int("targets", 1)), postTransformOf(node)),
  },
  "ai.onnx.ml",
);

/** x as f32 rows [N,F]; a vector is one row. */
export function rowsOf(x: Value): Value {
  const rows = castTo(x, "f32");
  return operandShape(x, "X")?.length === 1 ? reshapeTo(rows, [1, -1]) : rows;
}

/** x · coefficientsᵀ + intercepts: [N,targets]. */
function linearScores(x: Value, node: OnnxNode, targets: number): Value {
  const coefficients = requiredAttribute(node.floats("coefficients"), "coefficients");
  const features = coefficients.length / targets;
  if (!Number.isInteger(features)) {
    throw new FormatError(
      `attribute "coefficients" has ${coefficients.length} entries, which do not divide into ${targets} rows.`,
    );
  }
  const columns = Float32Array.from(
    coefficients,
    (_c, i) => coefficients[(i % targets) * features + Math.floor(i / targets)] ?? 0,
  );
  const scores = matmul(rowsOf(x), constant(fromNumbers("f32", [features, targets], columns)));
  const intercepts = node.floats("intercepts") ?? [];
  return intercepts.length === 0 ? scores : add(scores, constant(fromNumbers("f32", [intercepts.length], intercepts)));
}

/** Labels and scores. One row of coefficients for two classes gives one score, the second class where it is above 0. */
function classify(x: Value, node: OnnxNode): readonly Value[] {
  node.ignore("multi_class");
  const listed = elementCount(classLabels(node, "classlabels_ints", 0).shape);
  const targets = node.floats("intercepts")?.length || listed || 1;
  const labels = classLabels(node, "classlabels_ints", Math.max(2, targets));
  const [scores, transform] = [linearScores(x, node, targets), postTransformOf(node)];
  if (targets > 1) {
    return [labelsAt(labels, argMax(scores, { axis: 1, keepDims: false })), transformScores(scores, transform)];
  }
  const both = listed === 2 ? binaryScores(scores, true, transform) : transformScores(scores, transform);
  return [labelsAt(labels, binaryPlace(scores, false)), both];
}
