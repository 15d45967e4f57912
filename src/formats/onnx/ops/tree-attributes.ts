import { treeNodeModes } from "../../../ops/tree-ensemble.ts";
import { FormatError } from "../../../tensor/errors.ts";
import { numbers } from "../../../tensor/numbers.ts";
import type { OnnxNode } from "../node.ts";
import { requiredAttribute } from "../shape-values.ts";
import type { LeafWeight } from "./tree-table.ts";
import { TreeTable } from "./tree-table.ts";

export interface Trees {
  readonly table: TreeTable;
  /** The row in which each tree begins. */
  readonly roots: readonly number[];
}

const modes = new Map<string, (typeof treeNodeModes)[keyof typeof treeNodeModes]>([
  ["LEAF", treeNodeModes.leaf],
  ["BRANCH_LEQ", treeNodeModes["<="]],
  ["BRANCH_LT", treeNodeModes["<"]],
  ["BRANCH_GTE", treeNodeModes[">="]],
  ["BRANCH_GT", treeNodeModes[">"]],
  ["BRANCH_EQ", treeNodeModes["=="]],
  ["BRANCH_NEQ", treeNodeModes["!="]],
]);

/** A list of floats, or the tensor that newer versions have in its place. */
export function numberList(node: OnnxNode, name: string): ArrayLike<number> | undefined {
  const held = node.tensor(`${name}_as_tensor`);
  const floats = node.floats(name);
  return held === undefined ? floats : numbers(held);
}

const required = (node: OnnxNode, name: string): readonly number[] => requiredAttribute(node.ints(name), name);

/** Trees as TreeEnsembleClassifier ("class") and TreeEnsembleRegressor ("target") spell them: nodes named by tree and number. */
export function listedTrees(node: OnnxNode, what: "class" | "target"): Trees {
  node.ignore("nodes_hitrates", "nodes_hitrates_as_tensor");
  const [trees, ids] = [required(node, "nodes_treeids"), required(node, "nodes_nodeids")];
  const [whenTrue, whenFalse] = [required(node, "nodes_truenodeids"), required(node, "nodes_falsenodeids")];
  const [features, nan] = [required(node, "nodes_featureids"), node.ints("nodes_missing_value_tracks_true", [])];
  const splits = requiredAttribute(numberList(node, "nodes_values"), "nodes_values");
  const names = requiredAttribute(node.strings("nodes_modes"), "nodes_modes");
  const rows = new Map(ids.map((id, i) => [`${trees[i]}:${id}`, i]));
  const weights = leafWeights(node, what);
  const table = new TreeTable();
  const children = new Set<number>();
  for (const [i, id] of ids.entries()) {
    const mode = modes.get(names[i] ?? "");
    if (mode === undefined) throw new FormatError(`a tree node has the mode "${names[i]}", which is not known.`);
    if (mode === treeNodeModes.leaf) {
      table.leaf(weights.get(`${trees[i]}:${id}`) ?? []);
      continue;
    }
    const rowOf = (child: number | undefined) => rows.get(`${trees[i]}:${child}`) ?? -1;
    const [isTrue, isFalse] = [rowOf(whenTrue[i]), rowOf(whenFalse[i])];
    children.add(isTrue).add(isFalse);
    table.branch({ mode, feature: features[i] ?? 0, split: splits[i] ?? 0, isTrue, isFalse, nanIsTrue: nan[i] === 1 });
  }
  return { table, roots: ids.map((_id, i) => i).filter((i) => !children.has(i)) };
}

/** What each leaf adds, by tree and number. */
function leafWeights(node: OnnxNode, what: "class" | "target"): ReadonlyMap<string, LeafWeight[]> {
  const [trees, ids, targets] = [
    required(node, `${what}_treeids`),
    required(node, `${what}_nodeids`),
    required(node, `${what}_ids`),
  ];
  const weights = requiredAttribute(numberList(node, `${what}_weights`), `${what}_weights`);
  const found = new Map<string, LeafWeight[]>();
  for (const [i, id] of ids.entries()) {
    const key = `${trees[i]}:${id}`;
    found.set(key, [...(found.get(key) ?? []), { target: targets[i] ?? 0, weight: weights[i] ?? 0 }]);
  }
  return found;
}

const nestedModes = ["<=", "<", ">=", ">", "==", "!="] as const;
const memberMode = 6;

/** Trees as TreeEnsemble spells them: branches and leaves apart, each named by its place. */
export function nestedTrees(node: OnnxNode): Trees {
  node.ignore("nodes_hitrates");
  const tensorOf = (name: string) => numbers(requiredAttribute(node.tensor(name), name));
  const [kinds, splits, weights] = [tensorOf("nodes_modes"), tensorOf("nodes_splits"), tensorOf("leaf_weights")];
  const [features, targets] = [required(node, "nodes_featureids"), required(node, "leaf_targetids")];
  const [whenTrue, whenFalse] = [required(node, "nodes_truenodeids"), required(node, "nodes_falsenodeids")];
  const [trueLeaf, falseLeaf] = [required(node, "nodes_trueleafs"), required(node, "nodes_falseleafs")];
  const nan = node.ints("nodes_missing_value_tracks_true", []);
  const members = memberSets(node);
  const table = new TreeTable();
  for (const [i, target] of targets.entries()) table.leaf([{ target, weight: weights[i] ?? 0 }]);
  // A branch on membership becomes a chain of branches on equality, so branches begin at other rows than their numbers say.
  let next = targets.length;
  const sets = Array.from(kinds, (kind) => (kind === memberMode ? (members.shift() ?? []) : undefined));
  const rows = sets.map((set) => {
    const row = next;
    next += set === undefined ? 1 : Math.max(1, set.length);
    return row;
  });
  const childOf = (isLeaf: number | undefined, place: number | undefined) =>
    (isLeaf === 1 ? place : rows[place ?? -1]) ?? -1;
  for (const [i, set] of sets.entries()) {
    const isTrue = childOf(trueLeaf[i], whenTrue[i]);
    const isFalse = childOf(falseLeaf[i], whenFalse[i]);
    const mode = set === undefined ? nestedModes[kinds[i] ?? -1] : "==";
    if (mode === undefined) throw new FormatError(`a tree node has the mode ${kinds[i]}; expected 0 to ${memberMode}.`);
    const values = set === undefined ? [splits[i] ?? 0] : set.length === 0 ? [Number.NaN] : set;
    values.forEach((split, at) => {
      const otherwise = at === values.length - 1 ? isFalse : table.size + 1;
      const feature = features[i] ?? 0;
      table.branch({ mode: treeNodeModes[mode], feature, split, isTrue, isFalse: otherwise, nanIsTrue: nan[i] === 1 });
    });
  }
  return { table, roots: required(node, "tree_roots").map((root) => rows[root] ?? -1) };
}

/** The values of each branch on membership, which stand one after the other with NaN behind each set. */
function memberSets(node: OnnxNode): number[][] {
  const held = node.tensor("membership_values");
  const sets: number[][] = [];
  let current: number[] = [];
  for (const value of held === undefined ? [] : numbers(held)) {
    if (Number.isNaN(value)) {
      sets.push(current);
      current = [];
    } else {
      current.push(value);
    }
  }
  return current.length === 0 ? sets : [...sets, current];
}
