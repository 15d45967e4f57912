import { constant } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { argMax } from "../../../ops/arg-max.ts";
import { slice } from "../../../ops/slice.ts";
import type { TreeAggregate } from "../../../ops/tree-ensemble.ts";
import { treeEnsemble } from "../../../ops/tree-ensemble.ts";
import type { DType } from "../../../tensor/dtype.ts";
import { FormatError } from "../../../tensor/errors.ts";
import { fromNumbers, numbers } from "../../../tensor/numbers.ts";
import { elementCount } from "../../../tensor/tensor.ts";
import type { OnnxNode } from "../node.ts";
import { onnxOps } from "../onnx-op.ts";
import { binaryPlace, binaryScores } from "./binary-scores.ts";
import { classLabels, labelsAt } from "./ml-labels.ts";
import { postTransformOf, postTransforms, transformScores } from "./post-transform.ts";
import { dtypeOf } from "./precision.ts";
import type { Trees } from "./tree-attributes.ts";
import { listedTrees, nestedTrees, numberList } from "./tree-attributes.ts";

/** The decision trees of ai.onnx.ml. */
export const mlTrees = onnxOps(
  {
    TreeEnsemble: ([x], node) => {
      const aggregate = aggregates[node.int("aggregate_function", 1)];
      const transform = postTransforms[node.int("post_transform", 0)];
      if (aggregate === undefined || transform === undefined) {
        throw new FormatError(
          `attributes "aggregate_function" (0 to 3) and "post_transform" (0 to 4) are out of range.`,
        );
      }
      const trees = nestedTrees(node);
      const base = new Float64Array(checkTargets(node.int("n_targets", 1)));
      return transformScores(grow(x, trees, base, { aggregate, dtype: dtypeOf(x) }), transform);
    },
    TreeEnsembleClassifier: ([x], node) => classify(x, node),
    TreeEnsembleRegressor: ([x], node) => {
      const aggregate = node.choice("aggregate_function", ["SUM", "AVERAGE", "MIN", "MAX"], "SUM").toLowerCase();
      const trees = listedTrees(node, "target");
      const base = baseOf(numberList(node, "base_values") ?? [], checkTargets(node.int("n_targets", 1)));
      const scores = grow(x, trees, base, { aggregate: aggregate as TreeAggregate, dtype: "f32" });
      return transformScores(scores, postTransformOf(node));
    },
  },
  "ai.onnx.ml",
);

const aggregates: readonly TreeAggregate[] = ["average", "sum", "min", "max"];

/** More results than any ensemble has that is not a mistake. */
const maxTargets = 1 << 20;

function checkTargets(count: number): number {
  if (count >= 1 && count <= maxTargets) return count;
  throw new FormatError(`the trees have ${count} targets, expected 1 to ${maxTargets}. Export the model again.`);
}

interface Growth {
  readonly aggregate: TreeAggregate;
  readonly dtype: DType;
}

function grow(x: Value, { table, roots }: Trees, base: ArrayLike<number>, { aggregate, dtype }: Growth): Value {
  const { nodes, splits, targets, weights } = table.tensors();
  const width = base.length;
  const beyond = numbers(targets).find((target) => target < 0 || target >= width);
  if (beyond !== undefined) throw new FormatError(`a leaf has target ${beyond}, but there are ${width} targets.`);
  const list = (to: DType, values: ArrayLike<number>): Value => constant(fromNumbers(to, [values.length], values));
  const operands = [
    list("f64", splits),
    list("i32", roots),
    constant(targets),
    list(dtype, weights),
    list(dtype, base),
  ] as const;
  return treeEnsemble(x, constant(nodes), ...operands, { aggregate });
}

/** Labels and scores. Where all leaves of two classes speak of one of them, there is one score, and what it means depends on its weights. */
function classify(x: Value, node: OnnxNode): readonly Value[] {
  const trees = listedTrees(node, "class");
  const { targets, weights } = trees.table.tensors();
  const named = new Set(numbers(targets));
  const labels = classLabels(
    node,
    "classlabels_int64s",
    checkTargets([...named].reduce((most, target) => Math.max(most, target), 0) + 1),
  );
  const [count, transform] = [elementCount(labels.shape), postTransformOf(node)];
  const given = numberList(node, "base_values") ?? [];
  const scores = grow(x, trees, baseOf(given, count), { aggregate: "sum", dtype: "f32" });
  if (count !== 2 || named.size !== 1 || given.length === 2) {
    return [labelsAt(labels, argMax(scores, { axis: 1, keepDims: false })), transformScores(scores, transform)];
  }
  const isProbability = weights.every((weight) => weight >= 0);
  const only = [...named][0] ?? 0;
  const score = slice(scores, [only], [only + 1], [1], undefined);
  const both = only === 0 ? binaryScores(score, isProbability, transform) : transformScores(scores, transform);
  return [labelsAt(labels, binaryPlace(score, isProbability)), both];
}

/** A single base value of two classes belongs to the first one. */
function baseOf(given: ArrayLike<number>, count: number): ArrayLike<number> {
  if (given.length === count) return given;
  if (given.length === 0 || (given.length === 1 && count === 2))
    return [given[0] ?? 0, ...new Array<number>(count - 1).fill(0)];
  throw new FormatError(`attribute "base_values" must have ${count} entries or none, got ${given.length}.`);
}
