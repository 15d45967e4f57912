import { describe, expect, it } from "vitest";
import { constantOf, elements } from "./testing.ts";
import { treeEnsemble, treeNodeModes } from "./tree-ensemble.ts";

// What trees of every mode give is tested with results of ONNX Runtime, in formats/onnx/ops/recorded-nodes.test.ts.

const { leaf, "<=": atMost, "!=": differs } = treeNodeModes;

/** One tree: feature 0 <= 1 leads to leaf 1 (weight 10), else to leaf 2 (weight 20). */
const grow = (rows: readonly (readonly number[])[], x = constantOf("f32", [3, 1], [0, 2, Number.NaN])) =>
  treeEnsemble(
    x,
    constantOf("i32", [rows.length, 5], rows.flat()),
    constantOf("f64", [rows.length], new Float64Array(rows.length).fill(1)),
    constantOf("i32", [1], [0]),
    constantOf("i32", [2], [0, 0]),
    constantOf("f32", [2], [10, 20]),
    constantOf("f32", [1], [0.5]),
    { aggregate: "sum" },
  );
const leaves = [
  [leaf, 0, 0, 1, 0],
  [leaf, 0, 1, 2, 0],
];

describe("treeEnsemble", () => {
  it("sends NaN where the node says, and where a comparison with it holds", () => {
    expect(elements(grow([[atMost, 0, 1, 2, 0], ...leaves]))).toEqual([10.5, 20.5, 20.5]);
    expect(elements(grow([[atMost, 0, 1, 2, 1], ...leaves]))).toEqual([10.5, 20.5, 10.5]);
    expect(elements(grow([[differs, 0, 1, 2, 0], ...leaves]))).toEqual([10.5, 10.5, 10.5]);
  });

  it("takes integers, and a vector as one row", () => {
    expect(elements(grow([[atMost, 1, 1, 2, 0], ...leaves], constantOf("i64", [2], [5, 1])))).toEqual([10.5]);
  });

  it("names a feature that x does not have, and a tree that has no end", () => {
    expect(() => elements(grow([[atMost, 3, 1, 2, 0], ...leaves]))).toThrow(
      "node 0 looks at feature 3, but x has 1 features",
    );
    expect(() => elements(grow([[atMost, 0, 0, 0, 0], ...leaves]))).toThrow("leads in a circle");
  });
});
