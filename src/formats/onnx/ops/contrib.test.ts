import { describe, expect, test } from "vitest";
import { absent, input } from "../../../graph/leaves.ts";
import { formatType, tensorType } from "../../../graph/type.ts";
import type { Value } from "../../../graph/value.ts";
import { concat } from "../../../ops/concat.ts";
import { reshape } from "../../../ops/reshape.ts";
import { constantOf, elements } from "../../../ops/testing.ts";
import { transpose } from "../../../ops/transpose.ts";
import { symbol } from "../../../tensor/dim.ts";
import { elementCount } from "../../../tensor/tensor.ts";
import { applyNode, applyOne } from "./testing.ts";

/** sin(0.7 i + phase) in row-major order. */
const wave = (shape: readonly number[], phase: number, map = (x: number): number => x): Value =>
  constantOf(
    "f32",
    shape,
    Array.from({ length: elementCount(shape) }, (_unused, i) => map(Math.fround(Math.sin(0.7 * i + phase)))),
  );
const ints = (dtype: "i32" | "i64", shape: readonly number[], ...values: number[]): Value =>
  constantOf(dtype, shape, values);
const close = (value: Value | undefined, expected: readonly number[], every = 1) => {
  const got = elements(value as Value).filter((_element, i) => i % every === 0);
  expect(got.length).toBe(expected.length);
  got.forEach((element, i) => {
    expect(element).toBeCloseTo(expected[i] as number, 4);
  });
};
const node = (
  op: string,
  attributes: NonNullable<Parameters<typeof applyNode>[0]["attributes"]> = {},
  outputs = 1,
) => ({
  op,
  opset: 1,
  domain: "com.microsoft",
  attributes,
  outputs,
});

describe("GroupQueryAttention", () => {
  test("entries of a batch that are of different lengths go on at their own places", () => {
    // Expected values by onnxruntime 1.32; what lies behind the two keys of the second entry is left out.
    const attributes = { num_heads: 2n, kv_num_heads: 1n, do_rotary: 1n, local_window_size: 3n };
    const [cos, sin] = [wave([6, 8], 5, Math.cos), wave([6, 8], 5, Math.sin)];
    const caches = [wave([2, 1, 3, 16], 3), wave([2, 1, 3, 16], 4)];
    const [q, k, v] = [wave([2, 1, 32], 0), wave([2, 1, 16], 1), wave([2, 1, 16], 2)];
    const lengths = [ints("i32", [2], 3, 1), ints("i32", [], 4)];
    const [y, keys] = applyNode(
      node("GroupQueryAttention", attributes, 3),
      ...[q, k, v, ...caches, ...lengths, cos, sin],
    ) as [Value, Value];
    close(y, [0.880272, 0.877708, 0.121106, 0.10658, 0.274836, 0.2594, -0.898315, -0.902495], 9);
    const present = elements(keys);
    const row = (b: number, i: number) => [0, 5, 10, 15].map((c) => present[(b * 4 + i) * 16 + c]);
    const expected = [
      [0.264089, -0.585637, 0.832759, -0.974049],
      [0.767497, -0.860433, 0.0437707, -0.787619],
      [-0.907634, -0.531828, -0.144131, -0.838874],
    ];
    close(constantOf("f32", [4], row(0, 2) as number[]), expected[0] as number[]);
    close(constantOf("f32", [4], row(0, 3) as number[]), [0.767497, -0.860433, 0.0437707, -0.787619]);
    close(constantOf("f32", [4], row(1, 1) as number[]), expected[2] as number[]);
  });

  test("a cache is as long as its capacity or all there is, whichever is more, in symbols too", () => {
    const tensor = (...shape: (number | string)[]) =>
      input(
        "x",
        tensorType(
          "f32",
          shape.map((dim) => (typeof dim === "string" ? symbol(dim) : dim)),
        ),
      );
    const total = { op: "Shape", opset: 15, attributes: { start: 1n, end: 2n } };
    const totalLength = applyOne(total, tensor("B", "T"));
    const [cache, lengths] = [tensor("B", 1, "P", 16), input("lengths", tensorType("i32", [symbol("B")]))];
    const [y, keys] = applyNode(
      node("GroupQueryAttention", { num_heads: 2n, kv_num_heads: 1n }, 3),
      ...[tensor("B", "S", 32), tensor("B", "S", 16), tensor("B", "S", 16), cache, cache, lengths, totalLength],
    ) as [Value, Value];
    expect(y.type).toEqual(tensorType("f32", [symbol("B"), symbol("S"), 32]));
    expect(formatType(keys.type)).toBe("f32[B,1,max(P,T),16]");
  });
});

describe("MultiHeadAttention", () => {
  const heads = { num_heads: 2n };
  const [q, k, v] = [wave([1, 2, 4], 0), wave([1, 2, 4], 1), wave([1, 2, 4], 2)];

  test("bias, padding, past and a causal mask", () => {
    // Expected values by onnxruntime 1.32.
    const [y, keys] = applyNode(
      node("MultiHeadAttention", { ...heads, unidirectional: 1n }, 3),
      ...[q, k, v, wave([12], 3), ints("i32", [1, 3], 0, 1, 1), wave([1, 2, 2, 3], 6)],
      ...[wave([1, 2, 1, 2], 4), wave([1, 2, 1, 2], 5)],
    );
    close(y, [1.64369, 0.551834, -0.799562, -1.77491, 0.65437, -0.0363832, -0.634863, -0.440984]);
    const expected = [-0.756802, -0.999923, 0.376869, 1.20678, -1.07646, -0.76241];
    close(keys, [...expected, -0.772765, -0.182163, 1.46913, 1.04052, -0.0897868, 0.625065]);
  });

  test("packed layouts mean what separate ones do", () => {
    const bias = wave([12], 3);
    const expected = elements(applyOne(node("MultiHeadAttention", heads), q, k, v, bias));
    const apart = (x: Value) => reshape(x, [1, 2, 2, 1, 2]);
    const all = concat([apart(q), apart(k), apart(v)], { axis: 3 });
    close(applyOne(node("MultiHeadAttention", heads), all, absent, absent, bias), expected);
    const both = concat([apart(k), apart(v)], { axis: 3 });
    close(applyOne(node("MultiHeadAttention", heads), q, both, absent, bias), expected);
    const split = (x: Value) => transpose(reshape(x, [1, 2, 2, 2]), { permutation: [0, 2, 1, 3] });
    const plain = elements(applyOne(node("MultiHeadAttention", heads), q, k, v));
    close(applyOne(node("MultiHeadAttention", heads), q, split(k), split(v)), plain);
  });
});

describe("Attention of com.microsoft", () => {
  test("a mask of ends and starts; a sequence without a key between them spreads over all", () => {
    // Expected values by onnxruntime 1.32.
    const y = applyOne(
      node("Attention", { num_heads: 2n }),
      ...[wave([2, 3, 4], 0), wave([4, 12], 1), wave([12], 2), ints("i32", [4], 3, 2, 0, 1)],
    );
    const first = [0.801509, 0.827622, 0.462691, -0.124083, 0.78795, 0.821412, 0.485672, -0.0536945];
    const second = [0.810999, 0.832006, 0.453946, -0.15044];
    const last = [0.478603, 0.627462, 0.481215, 0.108645];
    close(y, [...first, ...second, ...last, ...last, ...last]);
  });

  test("what is not supported says so", () => {
    const apply =
      (attributes: Parameters<typeof node>[1], ...inputs: Value[]) =>
      () =>
        applyOne(node("Attention", { num_heads: 2n, ...attributes }), wave([2, 3, 4], 0), wave([4, 12], 1), ...inputs);
    expect(apply({ do_rotary: 1n })).toThrow("export the model with RotaryEmbedding nodes");
    expect(apply({ past_present_share_buffer: 1n })).toThrow("past_present_share_buffer 0");
    expect(apply({}, absent, ints("i32", [5], 1, 1, 1, 1, 1))).toThrow("one or two numbers for each of the batch");
    expect(apply({ qkv_hidden_sizes: [4n, 8n] })).toThrow("must have 3 sizes, got [4, 8]");
  });
});

describe("norms and gates that other engines fuse", () => {
  test("SkipGroupNorm adds before it normalises groups of the last axis", () => {
    const [x, skip] = [wave([1, 1, 2, 4], 0), wave([1, 4], 1)];
    const [gamma, beta, bias] = [wave([4], 2), wave([4], 3), wave([4], 4)];
    const [y, sum] = applyNode(
      node("SkipGroupNorm", { groups: 2n, activation: 1n }, 2),
      ...[x, gamma, beta, skip, bias],
    );
    // From the definition.
    const [sums, g, b] = [elements(sum as Value), elements(gamma), elements(beta)];
    const expected = elements(x).map((_x, i) => {
      const group = sums.filter((_sum, j) => Math.floor((j % 4) / 2) === Math.floor((i % 4) / 2));
      const mean = group.reduce((total, each) => total + each, 0) / group.length;
      const variance = group.reduce((total, each) => total + (each - mean) ** 2, 0) / group.length;
      const z = (((sums[i] ?? 0) - mean) / Math.sqrt(variance + 1e-5)) * (g[i % 4] ?? 0) + (b[i % 4] ?? 0);
      return z / (1 + Math.exp(-z));
    });
    close(y, expected);
    close(
      sum,
      elements(x).map((each, i) => each + (elements(skip)[i % 4] ?? 0) + (elements(bias)[i % 4] ?? 0)),
    );
  });

  test("SwiGLU clamps both halves of one operand", () => {
    const x = wave([2, 6], 0);
    const attributes = { activation_alpha: 1.5, activation_beta: 1, limit: 0.5 };
    const expected = [0, 1].flatMap((row) =>
      [0, 1, 2].map((i) => {
        const g = Math.min(elements(x)[row * 6 + i] ?? 0, 0.5);
        const l = Math.max(-0.5, Math.min(elements(x)[row * 6 + 3 + i] ?? 0, 0.5));
        return (g / (1 + Math.exp(-1.5 * g))) * (l + 1);
      }),
    );
    close(applyOne(node("SwiGLU", attributes), x), expected);
  });

  test("RelativePositionBias puts far distances into wider buckets", () => {
    // Buckets as in T5, by numpy: relative_position_bucket(-9..9, num_buckets=8, max_distance=9).
    const table = constantOf(
      "f32",
      [8, 1],
      Array.from({ length: 8 }, (_unused, i) => i),
    );
    const length = ints("i64", [], 10);
    const rows = (isBidirectional: bigint) => {
      const attributes = { max_distance: 9n, is_bidirectional: isBidirectional };
      return elements(applyOne(node("RelativePositionBias", attributes), table, length, length));
    };
    const [both, behind] = [rows(1n), rows(0n)];
    expect(both.slice(0, 10)).toEqual([0, 5, 6, 6, 6, 7, 7, 7, 7, 7]);
    expect(both.slice(90)).toEqual([3, 3, 3, 3, 3, 2, 2, 2, 1, 0]);
    expect(behind.slice(0, 10)).toEqual(new Array(10).fill(0));
    expect(behind.slice(90)).toEqual([7, 7, 6, 6, 5, 4, 3, 2, 1, 0]);
  });
});
