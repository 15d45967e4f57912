import { formatType, tensorType } from "../graph/type.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { NumberArray } from "../tensor/numbers.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import { requireDType } from "./dtype-class.ts";
import { op } from "./op.ts";
import { operandShape, tensorOperand } from "./tensor-operand.ts";

/** How a row of `nodes` compares a feature with its split; `leaf` ends the way. */
export const treeNodeModes = { leaf: 0, "<=": 1, "<": 2, ">=": 3, ">": 4, "==": 5, "!=": 6 } as const;

/** Numbers in a row of `nodes`: mode, feature, node when true, node when false, whether NaN counts as true. Of a leaf: mode, 0, first weight, the one behind the last, 0. */
export const treeNodeSize = 5;

export type TreeAggregate = "sum" | "average" | "min" | "max";
type TreeEnsembleAttributes = { readonly aggregate: TreeAggregate };

/**
 * Decision trees over the rows of x [N,F] (or one row [F]): `nodes` i32 [n,5] and `splits` [n] hold all trees, `roots` where each begins. The leaf that
 * a row reaches adds `weights` to the columns `targets` of the result [N,T], which begins with `base` [T]. The sum over the trees, or
 * their average, least or largest weight, is f64 and rounded to the dtype of weights once.
 */
export const treeEnsemble = op("treeEnsemble", ["x", "nodes", "splits", "roots", "targets", "weights", "base"], {
  infer([x, nodes, splits, roots, targets, weights, base], _attributes: TreeEnsembleAttributes) {
    const { dtype, shape } = tensorOperand(x, "x");
    requireDType(dtype, "numeric", "x");
    operandShape(nodes, "nodes", 2);
    for (const [value, name] of [
      [splits, "splits"],
      [roots, "roots"],
      [targets, "targets"],
      [weights, "weights"],
    ] as const) {
      operandShape(value, name, 1);
    }
    if (shape !== undefined && shape.length !== 1 && shape.length !== 2) {
      throw new ShapeError(`x must have the shape [N,F] or [F], got ${formatType(x.type)}.`);
    }
    const width = operandShape(base, "base", 1)?.[0];
    const rows = shape?.length === 1 ? 1 : shape?.[0];
    const out = rows === undefined || width === undefined ? undefined : [rows, width];
    return tensorType(tensorOperand(weights, "weights").dtype, out);
  },
  eval([x, nodes, splits, roots, targets, weights, base], { aggregate }: TreeEnsembleAttributes, context) {
    const [count, features] = x.shape.length === 1 ? [1, x.shape[0]!] : [x.shape[0]!, x.shape[1]!];
    const width = base.shape[0]!;
    const forest: Forest = { nodes: numbers(nodes), splits: numbers(splits), features };
    const [starts, columns, values, bases] = [numbers(roots), numbers(targets), numbers(weights), numbers(base)];
    const elements = numbers(x);
    const result = new Float64Array(count * width);
    for (let row = 0; row < count; row++) {
      if (row % 256 === 0) context.poll();
      const sums = result.subarray(row * width, (row + 1) * width);
      const reached = new Uint8Array(width);
      for (const root of starts) {
        const leaf = leafOf(forest, root, elements, row * features) * treeNodeSize;
        for (let w = forest.nodes[leaf + 2]!; w < forest.nodes[leaf + 3]!; w++) {
          const column = columns[w]!;
          sums[column] = reached[column] === 1 ? combine[aggregate](sums[column]!, values[w]!) : values[w]!;
          reached[column] = 1;
        }
      }
      const share = aggregate === "average" ? starts.length : 1;
      for (let t = 0; t < width; t++) sums[t] = sums[t]! / share + bases[t]!;
    }
    return fromNumbers(weights.dtype, [count, width], result);
  },
});

const combine: Record<TreeAggregate, (a: number, b: number) => number> = {
  sum: (a, b) => a + b,
  average: (a, b) => a + b,
  min: Math.min,
  max: Math.max,
};

interface Forest {
  readonly nodes: NumberArray;
  readonly splits: NumberArray;
  readonly features: number;
}

/** The node at which the row of x that begins at `at` ends. */
function leafOf({ nodes, splits, features }: Forest, root: number, x: NumberArray, at: number): number {
  let node = root;
  for (let steps = 0; steps <= splits.length; steps++) {
    const row = node * treeNodeSize;
    const [mode, feature] = [nodes[row]!, nodes[row + 1]!];
    if (mode === treeNodeModes.leaf) return node;
    if (feature < 0 || feature >= features) {
      throw new ShapeError(`node ${node} looks at feature ${feature}, but x has ${features} features.`);
    }
    const value = x[at + feature]!;
    const isTrue = isMet(mode, value, splits[node]!) || (Number.isNaN(value) && nodes[row + 4]! !== 0);
    node = isTrue ? nodes[row + 2]! : nodes[row + 3]!;
  }
  throw new ShapeError(`the tree that begins at node ${root} leads in a circle.`);
}

function isMet(mode: number, value: number, split: number): boolean {
  switch (mode) {
    case treeNodeModes["<="]:
      return value <= split;
    case treeNodeModes["<"]:
      return value < split;
    case treeNodeModes[">="]:
      return value >= split;
    case treeNodeModes[">"]:
      return value > split;
    case treeNodeModes["=="]:
      return value === split;
    default:
      return value !== split;
  }
}
