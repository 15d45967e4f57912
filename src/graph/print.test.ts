import { describe, expect, it } from "vitest";
import { ops } from "../ops/index.ts";
import { op } from "../ops/op.ts";
import { pick } from "../ops/pick.ts";
import { symbol } from "../tensor/dim.ts";
import { fromBigints, fromNumbers, scalar } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { tensor } from "../tensor/tensor.ts";
import type { Graph } from "./graph.ts";
import { absent, constant, input } from "./leaves.ts";
import { withOrigin } from "./origin.ts";
import { parseGraph } from "./parse.ts";
import { printGraph } from "./print.ts";
import { tensorType, tupleType } from "./type.ts";
import type { Value } from "./value.ts";

const { add, mul, reshape, softmax, sub, topK, where, cast } = ops;
const N = symbol("N");

const graphOf = (value: Value, inputs: Value[] = []): Graph => ({
  name: "main",
  inputs,
  outputs: [{ name: "y", value }],
});
const lineOf = (value: Value): string => {
  const text = printGraph(graphOf(value));
  return (text.split("\n").at(-3) ?? "").replace(/ *#[^#]*$/, "").replace(/^ *%\d+ = /, "");
};

describe("printGraph", () => {
  it("shows inputs, a line a value with type and origin, and outputs", () => {
    const x = input("x", tensorType("f32", [N, 3]));
    const half = withOrigin("/encoder/Mul", () => mul(x, 0.5));
    const flat = reshape(half, [N, -1]);
    const graph = {
      name: "main",
      inputs: [x],
      outputs: [
        { name: "y", value: softmax(flat, { axis: -1 }) },
        { name: "in", value: x },
      ],
    };
    expect(printGraph(graph)).toBe(
      `graph main(x: f32[N,3]) {
  %0 = mul(x, 0.5)                                      # f32[N,3]  /encoder/Mul
  %1 = reshape(%0, [N, -1])                             # f32[N,3]
  %2 = softmax(%1, {axis: -1})                          # f32[N,3]
  return y: %2, in: x
}`,
    );
    expect(printGraph(graph, { origins: false })).not.toContain("/encoder/Mul");
  });

  it("writes a scalar without its dtype only where a reader finds the same one", () => {
    const x = input("x", tensorType("f32", [2]));
    const ids = input("ids", tensorType("i64", [2]));
    const condition = input("c", tensorType("bool", [2]));
    const f32 = (value: number) => constant(scalar("f32", value));
    expect(lineOf(sub(1, x))).toBe("sub(1, x)");
    expect(lineOf(add(ids, 2 ** 40))).toBe("add(ids, 1099511627776)");
    expect(lineOf(where(condition, f32(1), x))).toBe("where(c, f32 1, x)");
    expect(lineOf(add(f32(1), f32(-0)))).toBe("add(f32 1, -0)");
    expect(lineOf(where(constant(scalar("bool", true)), x, x))).toBe("where(bool true, x, x)");
  });

  it("spells out small and uniform constants and numbers the others", () => {
    const x = input("x", tensorType("f32", [4, 5]));
    const range = fromNumbers(
      "f32",
      [4, 5],
      Float32Array.from({ length: 20 }, (_unused, i) => i),
    );
    const constants: Tensor[] = [];
    expect(lineOf(add(x, constant(fromNumbers("f32", [4, 5], new Float32Array(20).fill(0.1)))))).toBe(
      "add(x, f32[4,5] 0.1)",
    );
    expect(lineOf(add(x, constant(fromNumbers("f32", [5], [1, 2, Number.NaN, -0, 1 / 0]))))).toBe(
      "add(x, f32[5] [1, 2, nan, -0, inf])",
    );
    const text = printGraph(graphOf(add(add(x, constant(range)), constant(range))), { constants });
    expect(text.match(/constant f32\[4,5\] #0/g)).toHaveLength(2);
    expect(constants).toEqual([range]);
  });

  it("writes i64 vectors as lists, exactly", () => {
    const x = input("x", tensorType("f32", [6]));
    expect(lineOf(reshape(x, constant(fromBigints("i64", [2], [2n, -1n]))))).toBe("reshape(x, [2, -1])");
    const large = constant(fromBigints("i64", [2], [2n ** 63n - 1n, -(2n ** 63n)]));
    expect(printGraph(graphOf(large))).toContain("return y: [9223372036854775807, -9223372036854775808]");
  });

  it("names results of tuples, absent operands, attributes of every kind and odd names", () => {
    const x = input("images.0", tensorType("f32", [2, N]));
    expect(printGraph(graphOf(pick(topK(x, [1], { axis: 0, largest: true }), { index: 1 })))).toContain(
      "return y: %0.1",
    );
    const odd = op("acme:Odd", ["x", "bias?"], {
      infer: ([a], _attributes: object) => a.type,
      eval: ([a]) => a,
    });
    const attributes = { a: -0, b: [1, 2.5], c: "SAME", d: "f16", e: 5n, f: true, g: tensorType("f32", [N]) };
    expect(lineOf(odd(x, absent, attributes))).toBe(
      `"acme:Odd"("images.0", _, {a: -0, b: [1, 2.5], c: "SAME", d: f16, e: 5n, f: true, g: f32[N]})`,
    );
    expect(lineOf(odd(x, absent, { "t-1": tensor("i64", [2], BigInt64Array.of(1n, 2n)) } as object))).toBe(
      `"acme:Odd"("images.0", _, {"t-1": i64[2] [1, 2]})`,
    );
    expect(lineOf(cast(x, { to: "bf16" }))).toBe(`cast("images.0", {to: bf16})`);
  });

  it("tells inputs of one name apart, and shows inputs that are not declared", () => {
    const [a, b] = [input("x", tensorType("f32", [])), input("x", tensorType("f32", []))];
    expect(lineOf(add(a, b))).toBe('add(x, "x#2")');
  });

  it("nests bodies", () => {
    const branch = op("branch", ["condition"], {
      infer: (_operands, { body }: { readonly body: Graph }) => body.outputs[0]?.value.type ?? tupleType(),
      eval: (_inputs, { body }, context) => context.run(body, [])[0] ?? null,
    });
    const a = input("a", tensorType("f32", [2]));
    const body = { name: "then", inputs: [a], outputs: [{ name: "r", value: add(a, 1) }] };
    const c = input("c", tensorType("bool", []));
    const graph = graphOf(branch(c, { body }), [c]);
    const text = printGraph(graph, { origins: false });
    expect(text).toBe(
      `graph main(c: bool[]) {
  %0 = branch(c, {body: graph then(a: f32[2]) {
    %0 = add(a, 1)                                      # f32[2]
    return r: %0
  }})                                                   # f32[2]
  return y: %0
}`,
    );
    expect(printGraph(parseGraph(text, { ...ops, branch }))).toBe(text);
  });
});
