import { describe, expect, it } from "vitest";
import { ops } from "../ops/index.ts";
import { seededRandom } from "../passes/testdata/random-datum.ts";
import type { DType } from "../tensor/dtype.ts";
import { dtypes } from "../tensor/dtype.ts";
import { FormatError, ShapeError } from "../tensor/errors.ts";
import { fromNumbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { allocate, storageLength, tensor } from "../tensor/tensor.ts";
import type { Graph } from "./graph.ts";
import { constant, constantTensor } from "./leaves.ts";
import { parseGraph } from "./parse.ts";
import { printGraph } from "./print.ts";
import { randomGraph } from "./testdata/random-graph.ts";
import type { Value } from "./value.ts";
import { verifyGraph } from "./verify.ts";

const parse = (body: string, inputs = "x: f32[2,N]") => parseGraph(`graph main(${inputs}) {\n${body}\n}`, ops);
const readValue = (expression: string, inputs?: string): Value =>
  parse(`return y: ${expression}`, inputs).outputs[0]?.value as Value;
const throughText = (held: Tensor): Tensor => {
  const constants: Tensor[] = [];
  const graph: Graph = { name: "g", inputs: [], outputs: [{ name: "y", value: constant(held) }] };
  const read = parseGraph(printGraph(graph, { constants }), ops, { constants });
  return constantTensor(read.outputs[0]?.value as Value) as Tensor;
};

describe("parseGraph", () => {
  it("reads nested expressions, comments, blank lines and labels of its own choice", () => {
    const graph = parse(`
      # the swish of x
      %half = mul(x, 0.5)   # half of it
      return y: mul(%half, sigmoid(x)), z: %half`);
    expect(
      printGraph(graph, { origins: false })
        .split("\n")
        .slice(1, -1)
        .map((line) => line.replace(/ *#.*/, "")),
    ).toEqual(["  %0 = mul(x, 0.5)", "  %1 = sigmoid(x)", "  %2 = mul(%0, %1)", "  return y: %2, z: %0"]);
  });

  it("keeps sharing: a label is one value", () => {
    const graph = parse("%a = exp(x)\nreturn y: add(%a, %a)");
    const [left, right] = graph.outputs[0]?.value.operands ?? [];
    expect(left).toBe(right);
  });

  it("gives bare numbers the dtype of the first operand that shows one", () => {
    const dtypeOf = (expression: string, at: number, inputs?: string) =>
      readValue(expression, inputs).operands[at]?.type;
    expect(dtypeOf("sub(1, x)", 0, "x: f16[2]")).toMatchObject({ dtype: "f16" });
    expect(dtypeOf("clip(x, -1, 1)", 2)).toMatchObject({ dtype: "f32" });
    expect(dtypeOf("add(2, f64 1)", 0)).toMatchObject({ dtype: "f64" });
    expect(dtypeOf("clip(i8 5, _, 1)", 2)).toMatchObject({ dtype: "i8" });
    expect(() => readValue("where(c, x, 2)", "c: bool[2], x: f32[2]")).toThrow("2 is no bool");
  });

  it("reads types of every kind", () => {
    const inputs =
      'a: f32[...], b: sequence(optional(i64[?])), c: map(string, f32[]), d: bf16, e: u8[min(N,4),2*T+1,"odd name"]';
    const text = printGraph(parse("return y: a", inputs));
    expect(text.split("\n")[0]).toBe(
      'graph main(a: f32[...], b: sequence(optional(i64[?])), c: map(string, f32[]), d: bf16[], e: u8[min(N,4),2*T+1,"odd name"]) {',
    );
  });

  const faults: readonly (readonly [text: string, error: typeof FormatError | typeof ShapeError, message: RegExp])[] = [
    ["", FormatError, /line 1: expected "graph", got the end/],
    ["graph g() {\n return y: %0\n}", FormatError, /line 2: there is nothing named %0/],
    ["graph g() {\n %0 = frob()\n return\n}", FormatError, /line 2: there is no operator "frob"/],
    ["graph g(x: f32[2]) {\n %0 = add(x, x, x)\n return\n}", FormatError, /line 2: add takes 2 operands, not 3/],
    ["graph g(x: f32[2], i: i64[3]) {\n\n %0 = add(x, i)\n return\n}", ShapeError, /line 3: add: the dtypes differ/],
    ["graph g(x: f32[2]) {\n %0 = exp(x)\n %0 = exp(x)\n return\n}", FormatError, /line 3: %0 is defined already/],
    ["graph g(x: f32[2], x: f32[2]) {\n return\n}", FormatError, /there is an input "x" already/],
    ["graph g(x: f32[2,) {\n return\n}", FormatError, /is no dim/],
    ["graph g() {\n return y: 1\n}", FormatError, /1 needs a dtype in front/],
    ["graph g() {\n return y: u8 300\n}", FormatError, /300 does not fit u8/],
    ["graph g() {\n return y: u64 -1\n}", FormatError, /-1 does not fit u64/],
    ["graph g() {\n return y: i32 1.5\n}", FormatError, /1\.5 is no i32/],
    ["graph g() {\n return y: bool 1\n}", FormatError, /1 is no bool/],
    ["graph g() {\n return y: f32[3] [1, 2]\n}", FormatError, /has 3 elements, the list has 2/],
    ["graph g() {\n return y: f32[N] 1\n}", FormatError, /a constant needs a shape of numbers/],
    ["graph g() {\n return y: constant f32[3] #2\n}", FormatError, /no constant #2 among the 0/],
    ['graph g() {\n return y: string "a"\n} more', FormatError, /expected the end, got "more"/],
    ["graph g(x: f32[2]) {\n return y: exp(x).0\n}", ShapeError, /result 0 of f32\[2\] does not exist/],
  ];
  it.each(faults)("refuses %j", (text, error, message) => {
    const attempt = () => parseGraph(text, ops);
    expect(attempt).toThrow(error);
    expect(attempt).toThrow(message);
  });

  it("refuses a constant of another type than the text says", () => {
    const held = fromNumbers("f32", [2], [1, 2]);
    expect(() => parseGraph("graph g() {\nreturn y: constant f32[3] #0\n}", ops, { constants: [held] })).toThrow(
      "the constant #0 is f32[2], not f32[3]",
    );
  });
});

describe("print and parse", () => {
  it("give constants of every dtype back bit by bit", () => {
    const seed = 20260401;
    const random = seededRandom(seed);
    for (const dtype of Object.keys(dtypes) as DType[]) {
      if (dtype === "string") continue;
      for (const shape of [[], [3], [2, 4], [0], [5, 5]]) {
        const count = shape.reduce((product, dim) => product * dim, 1);
        const data = randomBits(dtype, count, random);
        const held = tensor<DType>(dtype, shape, data);
        const back = throughText(held);
        expect(bits(back), `${dtype}[${shape.join()}], seed ${seed}`).toEqual(bits(held));
      }
    }
  });

  it("give strings back", () => {
    const strings = ["", 'a "quoted" one', "two\nlines", "# no comment", "\\", "ünï"];
    expect(throughText(tensor("string", [6], strings)).data).toEqual(strings);
  });

  it("give random graphs back as the same text", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const graph = randomGraph(seededRandom(seed), 5 + seed);
      verifyGraph(graph);
      const constants: Tensor[] = [];
      const text = printGraph(graph, { constants });
      const again = parseGraph(text, ops, { constants });
      verifyGraph(again);
      expect(printGraph(again, { constants }), `seed ${seed}`).toBe(text);
    }
  });
});

/** Random storage of finite, infinite and NaN elements; NaNs are canonical, since a text has one spelling for them. */
function randomBits(dtype: DType, count: number, random: () => number): Tensor["data"] {
  const data = allocate(dtype, count);
  const { buffer } = data as Uint8Array;
  if (dtypes[dtype].kind === "float" || dtypes[dtype].kind === "complex") {
    if (data instanceof Float32Array || data instanceof Float64Array) {
      for (let i = 0; i < data.length; i++) data[i] = oddFloat(random);
      return data;
    }
    return fromNumbers(
      dtype,
      [count],
      Array.from({ length: count }, () => oddFloat(random)),
    ).data;
  }
  const bytes = new Uint8Array(buffer);
  for (let i = 0; i < bytes.length; i++) bytes[i] = dtype === "bool" ? random() * 2 : random() * 256;
  // The unused bits of the last byte of packed types are zero.
  const used = (dtypes[dtype].bits * count) % 8;
  if (used > 0) bytes[bytes.length - 1] = (bytes.at(-1) as number) & (2 ** used - 1);
  expect(data.length).toBe(storageLength(dtype, count));
  return data;
}

function oddFloat(random: () => number): number {
  const special = [0, -0, Number.NaN, 1 / 0, -1 / 0, 1e-45, 1e-310, 0.1];
  const choice = Math.floor(random() * 16);
  return special[choice] ?? (random() - 0.5) * 10 ** (Math.floor(random() * 80) - 40);
}

const bits = ({ dtype, shape, data }: Tensor): unknown => ({
  dtype,
  shape,
  bytes: Array.from(new Uint8Array((data as Uint8Array).buffer)),
});
