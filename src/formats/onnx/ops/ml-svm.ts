import { constant } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import { argMax } from "../../../ops/arg-max.ts";
import { exp } from "../../../ops/exp.ts";
import { greater } from "../../../ops/greater.ts";
import { matmul } from "../../../ops/matmul.ts";
import { mul } from "../../../ops/mul.ts";
import { pairwiseProbabilities } from "../../../ops/pairwise-probabilities.ts";
import { pow } from "../../../ops/pow.ts";
import { sigmoid } from "../../../ops/sigmoid.ts";
import { sub } from "../../../ops/sub.ts";
import { tanh } from "../../../ops/tanh.ts";
import { transpose } from "../../../ops/transpose.ts";
import { FormatError } from "../../../tensor/errors.ts";
import { fromNumbers } from "../../../tensor/numbers.ts";
import { elementCount } from "../../../tensor/tensor.ts";
import type { OnnxNode } from "../node.ts";
import { onnxOps } from "../onnx-op.ts";
import { requiredAttribute } from "../shape-values.ts";
import { binaryScores } from "./binary-scores.ts";
import { classLabels, labelsAt } from "./ml-labels.ts";
import { rowsOf } from "./ml-linear.ts";
import { pairwiseSquares } from "./pairwise-squares.ts";
import { postTransformOf, transformScores } from "./post-transform.ts";
import { castTo } from "./precision.ts";

/** The support vector machines of ai.onnx.ml, as libsvm trains them. */
export const mlSvm = onnxOps(
  { SVMClassifier: ([x], node) => classify(x, node), SVMRegressor: ([x], node) => regress(x, node) },
  "ai.onnx.ml",
);

type Kernel = (x: Value, vectors: Value) => Value;

const matrix = (rows: number, columns: number, values: ArrayLike<number>): Value =>
  constant(fromNumbers("f32", [rows, columns], values));
const row = (values: ArrayLike<number>): Value => matrix(1, values.length, values);
const listOf = (node: OnnxNode, name: string): readonly number[] => requiredAttribute(node.floats(name), name);

/** The kernel of rows x [N,F] and vectors [S,F]: [N,S]. */
function kernelOf(node: OnnxNode): Kernel {
  const kind = node.choice("kernel_type", ["LINEAR", "POLY", "RBF", "SIGMOID"], "LINEAR");
  const [gamma = 0, coef0 = 0, degree = 0] = node.floats("kernel_params") ?? [];
  const affine: Kernel = (x, vectors) => add(mul(matmul(x, vectors), gamma), coef0);
  const kernels: Record<typeof kind, Kernel> = {
    LINEAR: (x, vectors) => matmul(x, vectors),
    POLY: (x, vectors) => pow(affine(x, vectors), Math.trunc(degree)),
    RBF: (x, vectors) => exp(mul(pairwiseSquares(x, vectors), -gamma)),
    SIGMOID: (x, vectors) => tanh(affine(x, vectors)),
  };
  const isByDistance = kind === "RBF";
  return (x, vectors) => kernels[kind](x, isByDistance ? vectors : transposed(vectors));
}

const transposed = (x: Value): Value => transpose(x, { permutation: [1, 0] });

/** The kernel of x and each support vector [N,S]. */
function supportKernel(x: Value, node: OnnxNode, count: number): Value {
  const vectors = listOf(node, "support_vectors");
  const features = vectors.length / count;
  if (!Number.isInteger(features)) {
    throw new FormatError(
      `attribute "support_vectors" has ${vectors.length} entries, which do not divide into ${count} vectors.`,
    );
  }
  return kernelOf(node)(rowsOf(x), matrix(count, features, vectors));
}

function regress(x: Value, node: OnnxNode): Value {
  const [count, coefficients] = [node.int("n_supports", 0), listOf(node, "coefficients")];
  const rho = requiredAttribute(listOf(node, "rho")[0], "rho");
  if (count === 0) node.ignore("kernel_type", "kernel_params", "support_vectors");
  const kernel = count === 0 ? rowsOf(x) : supportKernel(x, node, count);
  const scores = add(matmul(kernel, matrix(coefficients.length, 1, coefficients)), rho);
  const result = node.flag("one_class", false) ? sub(mul(castTo(greater(scores, 0), "f32"), 2), 1) : scores;
  return transformScores(result, postTransformOf(node));
}

function classify(x: Value, node: OnnxNode): readonly Value[] {
  const perClass = node.ints("vectors_per_class") ?? [];
  const coefficients = listOf(node, "coefficients");
  return perClass.some((count) => count > 0)
    ? classifyByVotes(x, node, perClass, coefficients)
    : classifyLinearly(x, node, coefficients);
}

/** Without support vectors: a row of coefficients a class. */
function classifyLinearly(x: Value, node: OnnxNode, coefficients: readonly number[]): readonly Value[] {
  node.ignore("support_vectors", "vectors_per_class", "prob_a", "prob_b", "kernel_type", "kernel_params");
  const labels = classLabels(node, "classlabels_ints", 1);
  const count = elementCount(labels.shape);
  const weights = transposed(matrix(count, coefficients.length / count, coefficients));
  const scores = add(matmul(rowsOf(x), weights), requiredAttribute(listOf(node, "rho")[0], "rho"));
  return [
    labelsAt(labels, argMax(scores, { axis: 1, keepDims: false })),
    transformScores(scores, postTransformOf(node)),
  ];
}

/** A machine for each pair of classes; the class that wins most of them is the label. */
function classifyByVotes(
  x: Value,
  node: OnnxNode,
  perClass: readonly number[],
  coefficients: readonly number[],
): readonly Value[] {
  const count = perClass.reduce((sum, own) => sum + own, 0);
  checkMachines(perClass, count, coefficients.length);
  const labels = classLabels(node, "classlabels_ints", perClass.length);
  const pairs = pairsOf(perClass.length);
  const weights = pairWeights(perClass, coefficients, count, pairs);
  const scores = add(matmul(supportKernel(x, node, count), weights), row(listOf(node, "rho")));
  const wins = castTo(greater(scores, 0), "f32");
  const votes = add(
    matmul(
      wins,
      voteMatrix(pairs, perClass.length, ([i]) => i),
    ),
    matmul(
      sub(row(pairs.map(() => 1)), wins),
      voteMatrix(pairs, perClass.length, ([, j]) => j),
    ),
  );
  const label = labelsAt(labels, argMax(votes, { axis: 1, keepDims: false }));
  const transform = postTransformOf(node);
  const [slopes, offsets] = [node.floats("prob_a") ?? [], node.floats("prob_b") ?? []];
  if (slopes.length > 0) {
    const first = sigmoid(sub(mul(scores, row(slopes.map((slope) => -slope))), row(offsets)));
    return [label, transformScores(pairwiseProbabilities(first, { classes: perClass.length }), transform)];
  }
  if (pairs.length > 1) return [label, transformScores(scores, transform)];
  return [label, binaryScores(scores, transform !== "NONE", transform)];
}

/** Classes beyond this many would make more machines than a model holds. */
const maxClasses = 500;

function checkMachines(perClass: readonly number[], count: number, coefficients: number): void {
  const isPlausible = perClass.every((own) => own >= 0) && count * (perClass.length - 1) <= coefficients;
  if (isPlausible && perClass.length <= maxClasses) return;
  throw new FormatError(
    `attribute "vectors_per_class" names ${count} vectors of ${perClass.length} classes (${maxClasses} at most), which do not fit ${coefficients} coefficients.`,
  );
}

type Pair = readonly [number, number];

const pairsOf = (classes: number): readonly Pair[] =>
  Array.from({ length: classes }, (_unused, i) => i).flatMap((i) =>
    Array.from({ length: classes - i - 1 }, (_unused, j): Pair => [i, i + 1 + j]),
  );

/** [S,P]: what the kernel of each support vector counts in the machine of each pair. Row j-1 of the coefficients holds class i's against j, row i class j's against i. */
function pairWeights(
  perClass: readonly number[],
  coefficients: readonly number[],
  count: number,
  pairs: readonly Pair[],
): Value {
  const owners = perClass.flatMap((own, label) => new Array<number>(own).fill(label));
  const weights = owners.flatMap((owner, s) =>
    pairs.map(([i, j]) => {
      if (owner === i) return coefficients[(j - 1) * count + s] ?? 0;
      return owner === j ? (coefficients[i * count + s] ?? 0) : 0;
    }),
  );
  return matrix(count, pairs.length, weights);
}

/** [P,k]: 1 where a pair's machine speaks for a class. */
const voteMatrix = (pairs: readonly Pair[], classes: number, chosen: (pair: Pair) => number): Value =>
  matrix(
    pairs.length,
    classes,
    pairs.flatMap((pair) => Array.from({ length: classes }, (_unused, k) => (chosen(pair) === k ? 1 : 0))),
  );
