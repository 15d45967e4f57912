import { describe, expect, it } from "vitest";
import { ops } from "../ops/index.ts";
import { op } from "../ops/op.ts";
import { pick } from "../ops/pick.ts";
import type { Graph } from "./graph.ts";
import { absent, constantOp, input } from "./leaves.ts";
import { $ } from "./pattern.ts";
import { tensorType, tupleType } from "./type.ts";
import type { Value } from "./value.ts";
import { verifyGraph } from "./verify.ts";

const { add, exp, topK } = ops;
const x = input("x", tensorType("f32", [2]));
const graphOf = (value: Value, inputs: readonly Value[] = [x]): Graph => ({
  name: "g",
  inputs,
  outputs: [{ name: "y", value }],
});
const call = op("call", ["x"], {
  infer: (_operands, { body }: { readonly body: Graph }) => body.outputs[0]?.value.type ?? tupleType(),
  eval: ([a]) => a,
});

describe("verifyGraph", () => {
  it("accepts what the constructors make", () => {
    expect(() =>
      verifyGraph(graphOf(pick(topK(add(exp(x), 1), [1], { axis: 0, largest: true }), { index: 1 }))),
    ).not.toThrow();
    expect(() => verifyGraph(graphOf(call(x, { body: graphOf(exp(x)) })))).not.toThrow();
  });

  const halfConstant: Value = {
    op: constantOp,
    attributes: { value: { dtype: "f32", shape: [2], data: new Float32Array(1) } },
    operands: [],
    origin: "w",
    type: tensorType("f32", [2]),
  };
  const tuple = topK(x, [1], { axis: 0, largest: true });
  const faults: readonly (readonly [what: string, graph: Graph, message: RegExp])[] = [
    ["an input that is not declared", graphOf(exp(x), []), /input "x" \(f32\[2\]\) is used but not among its inputs/],
    ["an input that is none", graphOf(x, [x, exp(x)]), /the input exp "".* is no input/],
    [
      "a type that does not follow",
      graphOf({ ...exp(x), type: tensorType("f32", [3]) }),
      /exp "" \(f32\[3\]\) must be f32\[2\]/,
    ],
    ["a constant without its storage", graphOf(halfConstant), /constant "w".* does not have the storage/],
    ["a tuple that is used whole", graphOf({ ...exp(x), operands: [tuple] }), /uses topK "".* itself, not a result/],
    ["a tuple as an output", graphOf(tuple), /output "y" is topK/],
    ["an absent output", graphOf(absent), /output "y" is absent/],
    ["too few operands", graphOf({ ...add(x, x), operands: [x] }), /has 1 operands, expected 2/],
    ["an absent operand that is needed", graphOf({ ...add(x, x), operands: [x, absent] }), /lacks its operand b/],
    ["a pattern", graphOf(exp($.x) as unknown as Value), /is a pattern/],
    [
      "two outputs of one name",
      { ...graphOf(x), outputs: ["y", "y"].map((name) => ({ name, value: x })) },
      /two outputs are named "y"/,
    ],
    [
      "a body that is not closed",
      graphOf(call(x, { body: { ...graphOf(exp(x)), name: "body", inputs: [] } })),
      /graph "body": input "x"/,
    ],
  ];
  it.each(faults)("refuses %s", (_what, graph, message) => {
    expect(() => verifyGraph(graph)).toThrow(message);
    expect(() => verifyGraph(graph)).toThrow(/^Bug: graph /);
  });
});
