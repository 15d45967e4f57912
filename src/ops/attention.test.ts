import { expect, test } from "vitest";
import { contextFor } from "../graph/evaluate.ts";
import { absent, input } from "../graph/leaves.ts";
import { formatType, tensorType } from "../graph/type.ts";
import { symbol } from "../tensor/dim.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import type { AttentionAttributes } from "./attention.ts";
import { attention } from "./attention.ts";
import { linearAttention } from "./linear-attention.ts";
import { rotaryEmbedding } from "./rotary-embedding.ts";

const context = contextFor(new Map());
/** 2 sin(a·i + 0.3) in row-major order; the expected values are those of the ONNX reference (or numpy, for the sink) on the same numbers. */
const waves = (shape: number[], a: number, map = (x: number) => x): Tensor =>
  fromNumbers(
    "f64",
    shape,
    Float64Array.from({ length: elementCount(shape) }, (_unused, i) => map(2 * Math.sin(i * a + 0.3))),
  );
const close = (t: Tensor, expected: readonly number[], digits = 11) => {
  Array.from(numbers(t), (value, i) => i < expected.length && expect(value).toBeCloseTo(expected[i]!, digits));
  expect(t.data.length).toBeGreaterThanOrEqual(expected.length);
};
const q = waves([2, 4, 3, 4], 0.7);
const k = waves([2, 2, 5, 4], 0.45);
const v = waves([2, 2, 5, 2], 0.9);
const integers = (...values: number[]): Tensor => fromNumbers("i64", [values.length], values);

interface Extra {
  readonly mask?: Tensor;
  readonly offset?: Tensor;
  readonly lengths?: Tensor;
  readonly sink?: Tensor;
}
const attend = (attributes: AttentionAttributes, { mask, offset, lengths, sink }: Extra = {}): Tensor | Tensor[] =>
  attention.eval([q, k, v, mask, offset, lengths, sink], attributes, context) as Tensor | Tensor[];

test("shared heads, a float mask, lengths and offsets per batch, a softcap, and the probabilities", () => {
  const attributes = { scale: 0.4, softcap: 1.5, rightWindow: 0, scores: "probabilities" } as const;
  const extra = { mask: waves([4, 3, 5], 1.3), offset: integers(0, 2), lengths: integers(3, 5) };
  const [y, scores] = attend(attributes, extra) as [Tensor, Tensor];
  close(
    y,
    [
      0.5910404133227, 1.864078171934, 1.607662305795, 0.4476945126231, 0.7799293462668, 1.546837275888,
      0.5910404133227, 1.864078171934, 0.6579061435842, 1.770919123903, 1.177348019743, 1.016612520492, 0.2489088470141,
      -1.399749375187, 0.07263279525763, -1.374024611278, -0.02314235828996, -1.355653192204, 0.2489088470141,
      -1.399749375187, 0.08676789535226, -1.376087410559, 0.3220855057964, 0.3973499270217, 0.6882247856652,
      -0.3202332716079, -0.1905665488245, 0.8822345159515, 1.618162071719, 1.427210092424,
    ],
  );
  expect(scores.shape).toEqual([2, 4, 3, 5]);
  close(
    fromNumbers("f64", [15], numbers(scores).slice(15, 30)),
    [
      1, 0, 0, 0, 0, 0.9411070926006, 0.05889290739938, 0, 0, 0, 0.4709246261409, 0.5244353578008, 0.004640016058262, 0,
      0,
    ],
  );
});

test("windows on both sides", () => {
  close(
    attend({ scale: 0.4, leftWindow: 1, rightWindow: 1 }) as Tensor,
    [0.672603857873271, 1.75044189190346, -1.31384466168116, -1.94525040713888, -0.851582290744784, 0.567884419487417],
  );
});

test("a sink takes its share of the probability", () => {
  close(
    attend({ scale: 0.4 }, { sink: fromNumbers("f64", [4], [0.5, -1, 2, 0]) }) as Tensor,
    [
      1.19818799839023, 1.66635324931432, -1.25574697201116, -1.84657261097772, 0.551470337639265, 1.50628374129172,
      0.0395390106777653, -0.78257303982242, -0.512968787741654, 0.765832568868172, 1.60085444360712, 0.890025001888682,
    ],
  );
});

test("a boolean mask is as good as minus infinity, and a query without keys gives zeros", () => {
  const allowed = [1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1];
  const bool = fromNumbers("bool", [1, 1, 3, 5], allowed);
  const float = fromNumbers(
    "f64",
    [3, 5],
    allowed.map((x) => (x ? 0 : -Infinity)),
  );
  const y = attend({ scale: 1 }, { mask: bool }) as Tensor;
  expect(numbers(y)).toEqual(numbers(attend({ scale: 1 }, { mask: float }) as Tensor));
  expect([...numbers(y).slice(2, 4)]).toEqual([0, 0]);
  expect(numbers(y).every(Number.isFinite)).toBe(true);
});

test("types: symbols flow, misfits are named", () => {
  const [n, t] = [symbol("N"), symbol("T")];
  const value = (...shape: (number | typeof n)[]) => input("x", tensorType("f32", shape));
  const scale = 1;
  const typed = attention(
    value(n, 8, t, 64),
    value(n, 2, 7, 64),
    value(n, 2, 7, 32),
    undefined,
    undefined,
    undefined,
    undefined,
    { scale, scores: "raw" },
  );
  expect(formatType(typed.type)).toBe("(f32[N,8,T,32], f32[N,8,T,7])");
  const misfit =
    (heads: number, mask = absent) =>
    () =>
      attention(
        value(1, 8, 3, 64),
        value(1, heads, 7, 64),
        value(1, heads, 7, 64),
        mask,
        undefined,
        undefined,
        undefined,
        { scale },
      );
  expect(misfit(3)).toThrow("q has 8 heads and k has 3");
  expect(misfit(2, value(1, 1, 3, 6))).toThrow(
    "mask must be bool or float and broadcast to [1,8,3,7], got f32[1,1,3,6].",
  );
});

test("rotaryEmbedding in halves and in pairs, of a part of each head", () => {
  const x = waves([1, 2, 2, 6], 0.7);
  const angles = [0, 0.3, 0.6, 0.9];
  const [cos, sin] = [Math.cos, Math.sin].map((f) => fromNumbers("f64", [1, 1, 2, 2], angles.map(f))) as [
    Tensor,
    Tensor,
  ];
  const rotated = (interleaved: boolean) => rotaryEmbedding.eval([x, cos, sin], { interleaved }, context) as Tensor;
  close(
    rotated(false),
    [
      0.591040413322679, 1.20854983523768, 1.98332962090494, 1.78793260554261, 0.0831613248665819, -1.22371578188544,
      -1.19136755196284, -1.58640590802568, -1.72105750104921, -0.99675317634546, 1.70087324125713, 1.97871649324676,
      1.32593846016437, 0.627110690800098, -1.25014129778576, -1.85960507047546, -1.75090434937686, -0.716458564473657,
      -0.57379408998397, 0.0493511685474153, 1.99864804639716, 2.15445994597669, 0.0159263675718747, -1.27621336469589,
    ],
  );
  close(
    rotated(true),
    [
      0.591040413322679, 1.68294196961579, 1.49552111939694, 1.87670322633009, 0.0831613248665819, -1.22371578188544,
      -0.615908797635332, -2.56220322996034, -0.952888390528664, -0.198420870709499, 1.70087324125713, 1.97871649324676,
    ],
  );
});

test("linearAttention with decay per key and a delta rule, two heads to a state", () => {
  const heads = (t: Tensor, count: number): Tensor => {
    const [, steps, width] = t.shape as [number, number, number];
    const size = width / count;
    const at = (i: number) => {
      const [head, step, d] = [Math.floor(i / (steps * size)), Math.floor(i / size) % steps, i % size];
      return numbers(t)[step * width + head * size + d]!;
    };
    return fromNumbers(
      "f64",
      [1, count, steps, size],
      Array.from({ length: steps * width }, (_unused, i) => at(i)),
    );
  };
  const [query, key, value] = [
    heads(waves([1, 3, 8], 0.7), 4),
    heads(
      waves([1, 3, 4], 0.5, (x) => x / 3),
      2,
    ),
    heads(waves([1, 3, 6], 0.9), 2),
  ];
  const decay = heads(
    waves([1, 3, 4], 0.6, (x) => -Math.abs(x)),
    2,
  );
  const beta = heads(
    waves([1, 3, 2], 0.8, (x) => Math.abs(x) / 2),
    2,
  );
  const inputs = [query, key, value, waves([1, 2, 2, 3], 0.2), decay, beta] as const;
  const [y, state] = linearAttention.eval(inputs, { scale: 0.5 }, context) as [Tensor, Tensor];
  // The reference computes this one in f32.
  close(
    state,
    [
      0.366295009851456, 0.266902536153793, -0.027612179517746, 0.477360665798187, 0.385420709848404,
      0.0413925051689148, -0.961823999881744, -0.984482526779175, -0.253478139638901, -0.608338236808777,
      -0.490224659442902, -0.00137491896748543,
    ],
    6,
  );
  close(y, [0.422294706106186, 0.685287177562714, 0.739038050174713], 6);
});
