import { describe, expect, it } from "vitest";
import { ops } from "../ops/index.ts";
import { op } from "../ops/op.ts";
import { scalar } from "../tensor/numbers.ts";
import { zeros } from "../tensor/tensor.ts";
import type { Graph } from "./graph.ts";
import { constant, input } from "./leaves.ts";
import { withOrigin } from "./origin.ts";
import { parseGraph } from "./parse.ts";
import { $, hole } from "./pattern.ts";
import { printGraph } from "./print.ts";
import type { Firing, RewriteOptions } from "./rewrite.ts";
import { rewrite } from "./rewrite.ts";
import type { Rule } from "./rule.ts";
import { rule } from "./rule.ts";
import { tensorType } from "./type.ts";
import type { Value } from "./value.ts";
import { verifyGraph } from "./verify.ts";

const { add, cast, exp, mul, relu, sigmoid, silu, sub, reshape } = ops;

const formSilu = rule({
  name: "form-silu",
  match: mul($.x, sigmoid($.x)),
  replace: ({ x }) => silu(x),
  example: "mul(x, sigmoid(x)) => silu(x)",
});
const dropAddZero = rule({
  name: "drop-add-zero",
  match: add($.x, 0),
  replace: ({ x }) => x,
  example: "add(x, 0) => x",
});
const dropRelu = rule({
  name: "drop-relu",
  match: relu(relu($.x)),
  replace: ({ x }) => relu(x),
  shared: true,
  example: "relu(relu(x)) => relu(x)",
});

/** The lines of the result, without comments. */
const linesOf = (graph: Graph): string[] =>
  printGraph(graph)
    .split("\n")
    .map((line) => line.replace(/ *#.*/, "").trim());
const graphOf = (...lines: string[]) => parseGraph(`graph g(x: f32[2,3], y: f32[2,3]) {\n${lines.join("\n")}\n}`, ops);
const rewritten = (options: RewriteOptions, ...lines: string[]): string[] => {
  const result = rewrite(graphOf(...lines), options);
  verifyGraph(result);
  return linesOf(result).slice(1, -1);
};
const rules = (...list: Rule[]): RewriteOptions => ({ rules: list });

describe("rewrite", () => {
  it("fires until nothing is left to do, and reports each firing", () => {
    const fired: Firing[] = [];
    const x = input("x", tensorType("f32", [2]));
    const z = withOrigin("/act", () => mul(x, sigmoid(x)));
    const graph: Graph = {
      name: "g",
      inputs: [x],
      outputs: [{ name: "z", value: withOrigin("/add", () => add(z, 0)) }],
    };
    const result = rewrite(graph, { rules: [formSilu, dropAddZero], onFiring: (firing) => fired.push(firing) });
    expect(linesOf(result)).toContain("%0 = silu(x)");
    expect(fired.map(({ rule: name, at }) => `${name} at ${at}`)).toEqual([
      "drop-add-zero at /add",
      "form-silu at /act",
    ]);
    expect(fired[1]).toMatchObject({ before: z, after: { op: silu } });
    expect(result.outputs[0]?.value.origin).toBe("/act");
  });

  it("leaves a graph alone on which nothing fires", () => {
    const graph = graphOf("return z: mul(x, sigmoid(y))");
    expect(rewrite(graph, rules(formSilu)).outputs[0]?.value).toBe(graph.outputs[0]?.value);
  });

  it("leaves a match whose inner values are used outside it, unless the rule says that it shares", () => {
    const shared = ["%s = sigmoid(x)", "return z: mul(x, %s), w: exp(%s)"];
    expect(rewritten(rules(formSilu), ...shared)).toContain("%1 = mul(x, %0)");
    expect(rewritten(rules({ ...formSilu, shared: true }), ...shared)).toContain("%0 = silu(x)");
    expect(rewritten(rules(formSilu), "%s = sigmoid(x)", "return z: mul(x, %s), w: %s")).toContain("%1 = mul(x, %0)");
  });

  it("counts uses inside the match as its own", () => {
    const square = rule({
      name: "form-square",
      match: mul(exp($.x), exp($.x)),
      replace: ({ x }) => exp(mul(x, 2)),
      example: "mul(exp(x), exp(x)) => exp(mul(x, 2))",
    });
    expect(rewritten(rules(square), "%e = exp(x)", "return z: mul(%e, %e)")).toEqual([
      "%0 = mul(x, 2)",
      "%1 = exp(%0)",
      "return z: %1",
    ]);
  });

  it("makes equal values one, whatever their origin, and drops dead ones", () => {
    expect(rewritten({}, "%a = exp(x)", "%b = exp(x)", "%dead = exp(y)", "return z: add(%a, %b)")).toEqual([
      "%0 = exp(x)",
      "%1 = add(%0, %0)",
      "return z: %1",
    ]);
    expect(rewritten({}, "%a = add(x, y)", "%b = add(y, x)", "return z: sub(%a, %b)")).toHaveLength(4);
  });

  it("never merges values of impure operators", () => {
    const noise = op("noise", [], {
      infer: () => tensorType("f32", [2]),
      eval: () => zeros("f32", [2]),
      pure: false,
    });
    const graph: Graph = { name: "g", inputs: [], outputs: [{ name: "z", value: sub(noise(), noise()) }] };
    const [a, b] = rewrite(graph, {}).outputs[0]?.value.operands ?? [];
    expect(a).not.toBe(b);
  });

  it("sees larger patterns before their parts", () => {
    const part = rule({
      name: "part",
      match: sigmoid($.x),
      replace: ({ x }) => relu(x),
      example: "sigmoid(x) => relu(x)",
    });
    for (const order of [
      [part, formSilu],
      [formSilu, part],
    ]) {
      expect(rewritten(rules(...order), "return z: mul(x, sigmoid(x))")[0]).toBe("%0 = silu(x)");
    }
  });

  it("follows replacements that are themselves replaced in the same sweep", () => {
    expect(rewritten(rules(dropAddZero, dropRelu), "return z: relu(add(relu(add(relu(x), 0)), 0))")).toEqual([
      "%0 = relu(x)",
      "return z: %0",
    ]);
  });

  it("tries the rules of one root in order, and a rule that declines leaves the others their turn", () => {
    const declines: Rule = { ...dropAddZero, name: "declines", replace: () => undefined };
    const guarded: Rule = { ...dropAddZero, name: "guarded", when: () => false };
    expect(rewritten(rules(declines, guarded, dropAddZero), "return z: add(x, 0)")).toEqual(["return z: x"]);
    expect(rewritten(rules(declines, guarded), "return z: add(x, 0)")[0]).toBe("%0 = add(x, 0)");
  });

  it("applies simplifiers to every value, and rules to what they give", () => {
    const expToSigmoid = {
      name: "exp-to-sigmoid",
      apply: (value: Value) => (value.op === exp ? sigmoid(value.operands[0] as Value) : undefined),
    };
    const names: string[] = [];
    const options = { rules: [formSilu], simplifiers: [expToSigmoid] };
    const result = rewrite(graphOf("return z: mul(x, exp(x))"), {
      ...options,
      onFiring: ({ rule: name }) => names.push(name),
    });
    expect(linesOf(result)).toContain("%0 = silu(x)");
    expect(names).toEqual(["exp-to-sigmoid", "form-silu"]);
  });

  it("infers types anew from what became known", () => {
    const graph = parseGraph("graph g(x: f32[2,3], n: i64[1]) {\n return z: exp(reshape(x, n))\n}", ops);
    const known = {
      name: "known",
      apply: (value: Value) => (value.op === reshape ? reshape(value.operands[0] as Value, [6]) : undefined),
    };
    expect(graph.outputs[0]?.value.type).toMatchObject({ shape: [{ text: "?" }] });
    expect(rewrite(graph, { simplifiers: [known] }).outputs[0]?.value.type).toEqual(tensorType("f32", [6]));
  });

  it("rewrites bodies, once each, and keeps those that do not change", () => {
    const call = op("call", ["x"], {
      infer: (_operands, { body }: { readonly body: Graph }) => body.outputs[0]?.value.type ?? tensorType("f32", []),
      eval: ([x], { body }, context) => context.run(body, [x])[0] ?? null,
    });
    const body = graphOf("return z: mul(x, sigmoid(x))");
    const x = input("x", tensorType("f32", [2, 3]));
    const graph: Graph = {
      name: "g",
      inputs: [x],
      outputs: [{ name: "z", value: add(call(x, { body }), call(exp(x), { body })) }],
    };
    const [first, second] = rewrite(graph, rules(formSilu)).outputs[0]?.value.operands ?? [];
    expect(linesOf(first?.attributes["body"] as Graph)).toContain("%0 = silu(x)");
    expect(first?.attributes["body"]).toBe(second?.attributes["body"]);
    const same = rewrite(graph, rules(dropAddZero)).outputs[0]?.value.operands[0];
    expect(same?.attributes["body"]).toBe(body);
  });

  it("refuses a replacement of another dtype or rank, naming the rule and the place", () => {
    const wrong = rule({
      name: "wrong",
      match: relu($.x),
      replace: ({ x }) => cast(x, { to: "f16" }),
      example: "relu(x) => x",
    });
    const flat = rule({
      name: "flat",
      match: relu($.x),
      replace: ({ x }) => reshape(x, [-1]),
      example: "relu(x) => x",
    });
    expect(() => rewritten(rules(wrong), "return z: relu(x)")).toThrow(
      /Bug: rule wrong at "" turns f32\[2,3\] into f16\[2,3\]/,
    );
    expect(() => rewritten(rules(flat), "return z: relu(x)")).toThrow(/rule flat at "" turns f32\[2,3\] into f32\[6\]/);
  });

  it("finds rules that never come to an end", () => {
    const swap = rule({
      name: "swap",
      match: sub($.a, $.b),
      replace: ({ a, b }) => sub(b, a),
      example: "sub(x, y) => sub(y, x)",
    });
    expect(() => rewritten(rules(swap), "return z: sub(x, y)")).toThrow(/Bug: the rules do not come to an end.*sub/);
    const grow = rule({
      name: "grow",
      match: exp($.x),
      replace: ({ x }) => exp(add(x, 1)),
      example: "exp(x) => exp(add(x, 1))",
    });
    expect(() => rewritten(rules(grow), "return z: exp(x)")).toThrow(/do not come to an end/);
  });

  it("refuses a replacement that contains what it replaces", () => {
    const wrap: Rule = { ...dropAddZero, name: "wrap", match: [exp(hole("x"))], replace: (_bound, root) => relu(root) };
    expect(() => rewritten(rules(wrap), "return z: exp(x)")).toThrow(
      /Bug: the replacement of exp "" uses that value itself, in relu/,
    );
  });

  it("is not bounded by the depth of the graph", () => {
    const x = input("x", tensorType("f32", []));
    let value: Value = x;
    const one = constant(scalar("f32", 1));
    for (let i = 0; i < 5_000; i++) value = add(add(value, 0), one);
    const result = rewrite({ name: "deep", inputs: [x], outputs: [{ name: "y", value }] }, rules(dropAddZero));
    expect(linesOf(result)).toHaveLength(5_003);
  });
});
