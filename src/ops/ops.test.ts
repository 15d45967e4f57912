import { describe, expect, it } from "vitest";
import { constant } from "../graph/leaves.ts";
import type { DType } from "../tensor/dtype.ts";
import { dtypes, is64BitInteger } from "../tensor/dtype.ts";
import { bigints, fromBigints, fromNumbers, numbers, scalar } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { BinaryOp } from "./binary.ts";
import { ops } from "./index.ts";
import type { Settings, UnaryOp } from "./unary.ts";

interface Example {
  readonly inputs: readonly number[];
  readonly y: number;
  readonly attributes: Settings;
}
type ElementwiseOp = UnaryOp<Settings> | BinaryOp<Settings>;

const all = Object.values(ops) as unknown as readonly ElementwiseOp[];
const elementwise = all.filter((op) => "unary" in op || "binary" in op);
const classOf = (op: ElementwiseOp) =>
  "unary" in op ? (op.unary.on ?? "float") : "binary" in op ? (op.binary.on ?? "numeric") : undefined;
const isPredicate = (op: ElementwiseOp) => ("unary" in op ? op.unary : op.binary).result === "bool";

function examplesOf(op: ElementwiseOp): Example[] {
  if ("unary" in op) return op.unary.examples.map(([x, y, attributes = {}]) => ({ inputs: [x], y, attributes }));
  return op.binary.examples.map(([a, b, y, attributes = {}]) => ({ inputs: [a, b], y, attributes }));
}

/** Applies an operator to scalars of a dtype as the engine does: types inferred, then `eval`. */
function apply(op: ElementwiseOp, dtype: DType, { inputs, attributes }: Example): Tensor {
  const tensors = inputs.map((input) => scalar(dtype, is64BitInteger(dtype) ? BigInt(input) : input));
  const type = op.infer(
    tensors.map((t) => constant(t)),
    attributes,
  );
  const context = { dim: () => 0, run: () => [], poll: () => undefined };
  const y = op.eval(tensors, attributes, context) as Tensor;
  expect(type).toEqual({ kind: "tensor", dtype: y.dtype, shape: y.shape });
  return y;
}

const roundTo = (dtype: DType, x: number): number => numbers(scalar(dtype, x))[0]!;

/** Mantissa bits and least exponent of the floats that are tested. */
const formats: Partial<Record<DType, readonly [number, number]>> = {
  f64: [52, -1022],
  f32: [23, -126],
  f16: [10, -14],
  bf16: [7, -126],
};

/** The spacing of the floats of a dtype around x. */
function ulp(dtype: DType, x: number): number {
  const [bits, least] = formats[dtype]!;
  return 2 ** (Math.max(least, Math.floor(Math.log2(Math.abs(x)))) - bits);
}

/** f64 functions of the platform may be off by an ulp or two; narrower floats are rounded once from f64. */
const allowedUlps: Partial<Record<DType, number>> = { f64: 4, f32: 0.51, f16: 0.51, bf16: 0.51 };

function expectFloat(dtype: DType, actual: number, expected: number): void {
  if (!Number.isFinite(expected) || expected === 0) expect(actual + 0).toBe(expected);
  else expect(Math.abs(actual - expected) / ulp(dtype, expected)).toBeLessThanOrEqual(allowedUlps[dtype]!);
}

const wrapped = (dtype: DType, y: number): bigint => {
  const whole = Number.isFinite(y) ? BigInt(Math.trunc(y)) : 0n;
  const { bits, kind } = dtypes[dtype];
  return kind === "int" ? BigInt.asIntN(bits, whole) : BigInt.asUintN(bits, whole);
};

describe("the list of operators", () => {
  it("names each operator as its key, in alphabetical order", () => {
    const names = Object.keys(ops);
    expect(Object.values(ops).map((op) => op.name)).toEqual(names);
    expect(names).toEqual([...names].sort());
  });
});

describe.each(elementwise.map((op) => [op.name, op] as const))("%s", (_name, op) => {
  const examples = examplesOf(op);
  const holds = classOf(op);

  it("has examples", () => {
    expect(examples.length).toBeGreaterThan(0);
  });

  const floats: DType[] =
    holds === "float" || holds === "numeric" || holds === "any" ? ["f64", "f32", "f16", "bf16"] : [];
  it.each(floats)("gives its examples on %s", (dtype) => {
    for (const example of examples) {
      if (!example.inputs.every((input) => Object.is(roundTo(dtype, input), input))) continue;
      const y = apply(op, dtype, example);
      if (isPredicate(op)) expect(numbers(y)[0]).toBe(example.y);
      else expectFloat(dtype, numbers(y)[0]!, example.y);
    }
  });

  const integers: DType[] =
    holds === "integer" || holds === "numeric" || holds === "any"
      ? ["i4", "i8", "i16", "i32", "i64", "u4", "u8", "u16", "u32", "u64"]
      : [];
  it.each(integers)("gives its examples on %s, wrapped to its width", (dtype) => {
    for (const example of examples) {
      if (!example.inputs.every((x) => Number.isInteger(x) && wrapped(dtype, x) === BigInt(x))) continue;
      const y = apply(op, dtype, example);
      if (isPredicate(op)) expect(numbers(y)[0]).toBe(example.y);
      else expect(BigInt(bigints(y)[0]!)).toBe(wrapped(dtype, example.y));
    }
  });

  it.each(holds === "bool" ? (["bool"] as const) : [])("gives its examples on %s", (dtype) => {
    for (const example of examples) expect(numbers(apply(op, dtype, example))[0]).toBe(example.y);
  });

  it("refuses dtypes outside its class", () => {
    const refused: DType = holds === "bool" || holds === "any" ? "c64" : "bool";
    const operands = examples[0]!.inputs.map(() =>
      constant({ dtype: refused, shape: [0], data: new Float32Array() } as never),
    );
    expect(() => op.infer(operands, {})).toThrow(/must be of .* dtype/);
  });
});

describe("integers", () => {
  const context = { dim: () => 0, run: () => [], poll: () => undefined };
  const evaluate = (op: ElementwiseOp, dtype: DType, ...inputs: readonly bigint[]) => {
    const y = op.eval(
      inputs.map((input) => fromBigints(dtype, [], [input])),
      {},
      context,
    ) as Tensor;
    return bigints(y)[0];
  };
  const max64 = 2n ** 63n - 1n;

  it.each([
    ["add", "i8", [127n, 1n], -128n],
    ["add", "i4", [7n, 1n], -8n],
    ["add", "i64", [max64, 1n], -max64 - 1n],
    ["add", "i64", [2n ** 53n, 1n], 2n ** 53n + 1n],
    ["sub", "u8", [0n, 1n], 255n],
    ["sub", "u64", [0n, 1n], 2n ** 64n - 1n],
    ["mul", "i32", [65537n, 65537n], 131073n],
    ["mul", "u32", [4294967295n, 4294967295n], 1n],
    ["mul", "u64", [2n ** 63n, 3n], 2n ** 63n],
    ["div", "i8", [-128n, -1n], -128n],
    ["div", "i32", [-7n, 2n], -3n],
    ["div", "i64", [max64, 2n], max64 / 2n],
    ["div", "i64", [5n, 0n], 0n],
    ["mod", "i64", [-7n, 3n], 2n],
    ["mod", "i32", [-7n, 0n], 0n],
    ["neg", "i8", [-128n], -128n],
    ["neg", "u8", [1n], 255n],
    ["abs", "i64", [-max64 - 1n], -max64 - 1n],
    ["pow", "i32", [3n, 40n], 689956897n],
    ["pow", "i64", [3n, 41n], -420491770248316829n],
    ["pow", "i64", [-1n, -3n], -1n],
    ["pow", "i32", [2n, -1n], 0n],
    ["max", "u64", [2n ** 64n - 1n, 1n], 2n ** 64n - 1n],
    ["bitNot", "u16", [1n], 65534n],
    ["bitAnd", "u32", [4294967295n, 4026531840n], 4026531840n],
  ] as const)("%s on %s of %s", (name, dtype, inputs, expected) => {
    expect(evaluate(ops[name] as unknown as ElementwiseOp, dtype, ...inputs)).toBe(expected);
  });

  it("compares 64-bit integers that no double tells apart, and strings", () => {
    expect(
      ops.equal.eval([fromBigints("i64", [], [2n ** 53n]), fromBigints("i64", [], [2n ** 53n + 1n])], {}, context),
    ).toEqual(scalar("bool", false));
    const strings = (...data: string[]): Tensor => ({ dtype: "string", shape: [data.length], data });
    expect(ops.equal.eval([strings("a", "b", "é"), strings("a", "c", "é")], {}, context)).toEqual(
      fromNumbers("bool", [3], [1, 0, 1]),
    );
  });
});
