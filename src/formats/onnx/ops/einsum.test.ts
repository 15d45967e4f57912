import { describe, expect, test } from "vitest";
import { evaluate } from "../../../graph/evaluate.ts";
import { input } from "../../../graph/leaves.ts";
import { formatType, tensorType } from "../../../graph/type.ts";
import type { Value } from "../../../graph/value.ts";
import { symbol } from "../../../tensor/dim.ts";
import { fromNumbers, numbers } from "../../../tensor/numbers.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import { elementCount } from "../../../tensor/tensor.ts";
import { parseEquation } from "./einsum-equation.ts";
import { applyOne } from "./testing.ts";

const einsum = (equation: string, ...values: Value[]): Value =>
  applyOne({ op: "Einsum", opset: 12, attributes: { equation } }, ...values);

const seed = 20250611;
/** Small integers: sums of products are exact. */
function tensorOf(shape: number[], salt: number): Tensor {
  let state = seed + salt;
  const values = Float64Array.from({ length: elementCount(shape) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 28) - 8;
  });
  return fromNumbers("f64", shape, values);
}

/** The definition: for every index of all labels, the product of the operands is added to the result there. */
function byDefinition(
  operands: readonly (readonly string[])[],
  result: readonly string[],
  inputs: readonly Tensor[],
): Tensor {
  const sizes = new Map<string, number>();
  operands.forEach((labels, i) => {
    labels.forEach((label, axis) => {
      sizes.set(label, Math.max(sizes.get(label) ?? 1, inputs[i]!.shape[axis]!));
    });
  });
  const shape = result.map((label) => sizes.get(label)!);
  const target = new Float64Array(elementCount(shape));
  const at = (labels: readonly string[], dims: readonly number[], index: ReadonlyMap<string, number>) =>
    labels.reduce((offset, label, axis) => offset * dims[axis]! + (dims[axis] === 1 ? 0 : index.get(label)!), 0);
  const total = [...sizes.values()].reduce((a, b) => a * b, 1);
  for (let n = 0; n < total; n++) {
    const index = new Map<string, number>();
    let rest = n;
    for (const [label, size] of sizes) {
      index.set(label, rest % size);
      rest = Math.floor(rest / size);
    }
    let product = 1;
    inputs.forEach((t, i) => {
      product *= numbers(t)[at(operands[i]!, t.shape, index)]!;
    });
    target[at(result, shape, index)]! += product;
  }
  return fromNumbers("f64", shape, target);
}

const cases: readonly (readonly [equation: string, shapes: number[][]])[] = [
  [
    "ij,jk->ik",
    [
      [2, 3],
      [3, 4],
    ],
  ],
  [
    "ij,jk",
    [
      [2, 3],
      [3, 4],
    ],
  ],
  [
    "bhqd,bhkd->bhqk",
    [
      [2, 3, 4, 5],
      [2, 3, 6, 5],
    ],
  ],
  [
    "bqhd,bkhd->bhqk",
    [
      [2, 4, 3, 5],
      [2, 6, 3, 5],
    ],
  ],
  [
    "bhqk,bkhd->bqhd",
    [
      [2, 3, 4, 6],
      [2, 6, 3, 5],
    ],
  ],
  [
    "...ij,...jk->...ik",
    [
      [2, 1, 2, 3],
      [4, 3, 5],
    ],
  ],
  [
    "i...,j...->...ij",
    [
      [2, 3],
      [4, 3],
    ],
  ],
  ["ii->i", [[4, 4]]],
  ["ii", [[4, 4]]],
  ["iji->j", [[3, 4, 3]]],
  ["ijij->ji", [[2, 3, 2, 3]]],
  ["...ii->...i", [[2, 3, 3]]],
  ["ij->ji", [[2, 3]]],
  ["ij->", [[2, 3]]],
  ["i,j->ji", [[2], [3]]],
  ["i,i->", [[5], [5]]],
  [
    "abc,cd,ade->be",
    [
      [2, 3, 4],
      [4, 5],
      [2, 5, 3],
    ],
  ],
  [
    "ij,ik,il->jkl",
    [
      [2, 3],
      [2, 4],
      [2, 5],
    ],
  ],
  ["ab,cd,b->acd", [[2, 3], [4, 2], [3]]],
  [
    "ij,jk->ik",
    [
      [2, 1],
      [3, 4],
    ],
  ],
  [
    "ijk,ilk->ijl",
    [
      [1, 3, 4],
      [2, 5, 4],
    ],
  ],
  [" i j , j -> i ", [[2, 3], [3]]],
];

describe(`einsum (seed ${seed})`, () => {
  test.each(cases)("%s equals the definition", (equation, shapes) => {
    const inputs = shapes.map((shape, i) => tensorOf(shape, i));
    const values = shapes.map((shape, i) => input(`x${i}`, tensorType("f64", shape)));
    const y = einsum(equation, ...values);
    const graph = { name: "g", inputs: values, outputs: [{ name: "y", value: y }] };
    const { operands, result } = parseEquation(
      equation,
      shapes.map((shape) => shape.length),
    );
    const [got] = evaluate(graph, inputs) as [Tensor];
    expect({ shape: got.shape, data: Array.from(numbers(got), (x) => x + 0) }).toEqual(
      (({ shape, data }) => ({ shape, data: Array.from(data as Float64Array, (x) => x + 0) }))(
        byDefinition(operands, result, inputs),
      ),
    );
  });

  test("symbols flow", () => {
    const [n, t] = [symbol("N"), symbol("T")];
    const [a, b] = [input("a", tensorType("f32", [n, t, 8, 4])), input("b", tensorType("f32", [n, t, 8, 4]))];
    expect(formatType(einsum("bqhd,bkhd->bhqk", a, b).type)).toBe("f32[N,8,T,T]");
  });

  test("equations that do not fit are refused", () => {
    expect(() => parseEquation("ij,jk->ik", [2])).toThrow("has 2 operands, the node 1");
    expect(() => parseEquation("ij->ik", [2])).toThrow('has "k" twice in its result, or in no operand');
    expect(() => parseEquation("ijk->ik", [2])).toThrow('"ijk" is to label an operand of rank 2');
    expect(() => parseEquation("i->i..i", [1])).toThrow("must be letters and at most one ellipsis");
  });
});
