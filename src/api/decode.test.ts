import { describe, expect, test } from "vitest";
import { seed } from "../../test/support/seed.ts";
import { load } from "../index.ts";
import { createRandom } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { kernelTargets } from "./target.ts";
import { onnxModel } from "./testdata/onnx-model.ts";

const [batch, heads, kvHeads, size] = [2, 4, 2, 8];

/** A step of a decoder whose cache has room for `capacity` keys, or as many as there were. */
const decoder = onnxModel({
  inputs: {
    ...{ q: `f32[batch,steps,${heads * size}]`, k: `f32[batch,steps,${kvHeads * size}]` },
    ...{ v: `f32[batch,steps,${kvHeads * size}]`, pastKey: `f32[batch,${kvHeads},capacity,${size}]` },
    ...{ pastValue: `f32[batch,${kvHeads},capacity,${size}]`, lengths: "i32[batch]", total: "i32[]" },
  },
  nodes: [
    {
      ...{ op: "GroupQueryAttention", domain: "com.microsoft" },
      inputs: ["q", "k", "v", "pastKey", "pastValue", "lengths", "total"],
      outputs: ["y", "key", "value"],
      attributes: { num_heads: BigInt(heads), kv_num_heads: BigInt(kvHeads) },
    },
  ],
  outputs: ["y", "key", "value"],
  opsets: { "": 17, "com.microsoft": 1 },
});

const f32 = (shape: readonly number[], data: Float32Array): Tensor => ({ dtype: "f32", shape, data });

/** The keys or values of one head at one place of a sequence. */
type Rows = readonly (readonly number[])[];

/** Causal attention of one query over the keys up to its own, as its formula says, in f64. */
function attend(query: readonly number[], keys: Rows, values: Rows): number[] {
  const scores = keys.map((key) => key.reduce((sum, x, i) => sum + x * (query[i] as number), 0) / Math.sqrt(size));
  const top = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - top));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Array.from({ length: size }, (_, i) =>
    values.reduce((sum, value, j) => sum + ((weights[j] as number) / total) * (value[i] as number), 0),
  );
}

interface Step {
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
  readonly steps: number;
}

function randomSteps(counts: readonly number[]): Step[] {
  const random = createRandom(`decode ${seed}`);
  const made = (steps: number, width: number): Tensor =>
    f32(
      [batch, steps, width],
      Float32Array.from({ length: batch * steps * width }, () => 4 * random.uniform() - 2),
    );
  return counts.map((steps) => ({
    ...{ q: made(steps, heads * size), k: made(steps, kvHeads * size), v: made(steps, kvHeads * size), steps },
  }));
}

const rowOf = (x: Tensor, entry: number, at: number, head: number): number[] => {
  const [, steps = 0, width = 0] = x.shape;
  const from = (entry * steps + at) * width + head * size;
  return [...(x.data as Float32Array).subarray(from, from + size)];
};

/** What the answers must be, by step. */
function expectedAnswers(steps: readonly Step[]): number[][] {
  const held = (entry: number, head: number, of: "k" | "v", until: number): Rows =>
    steps
      .slice(0, until + 1)
      .flatMap((step) => Array.from({ length: step.steps }, (_, at) => rowOf(step[of], entry, at, head)));
  return steps.map(({ q, steps: count }, number) => {
    const before = steps.slice(0, number).reduce((sum, step) => sum + step.steps, 0);
    const answer: number[] = [];
    for (let entry = 0; entry < batch; entry++)
      for (let at = 0; at < count; at++)
        for (let head = 0; head < heads; head++) {
          const shared = Math.floor(head / (heads / kvHeads));
          const [keys, values] = (["k", "v"] as const).map((of) =>
            held(entry, shared, of, number).slice(0, before + at + 1),
          );
          answer.push(...attend(rowOf(q, entry, at, head), keys as Rows, values as Rows));
        }
    return answer;
  });
}

/** The answers of each step, and the cache after the last. No step may need eval. */
async function decode(target: string, steps: readonly Step[], capacity: number) {
  using model = await load(decoder, { target });
  let [pastKey, pastValue] = [0, 1].map(() =>
    f32([batch, kvHeads, capacity, size], new Float32Array(batch * kvHeads * capacity * size)),
  ) as [Tensor, Tensor];
  const answers: Float32Array[] = [];
  let total = 0;
  for (const { q, k, v, steps: count } of steps) {
    total += count;
    const lengths = new Int32Array(batch).fill(total - 1);
    const { y, key, value } = await model.run({ q, k, v, pastKey, pastValue, lengths, total });
    expect(key?.shape).toEqual([batch, kvHeads, Math.max(capacity, total), size]);
    expect(model.info.evalOps).toEqual({});
    answers.push((y as Tensor).data as Float32Array);
    [pastKey, pastValue] = [key as Tensor, value as Tensor];
  }
  return { answers, pastKey, pastValue };
}

/** Keys as the cache holds them, zeros behind the last. */
function expectedCache(steps: readonly Step[], of: "k" | "v", capacity: number): number[] {
  const cache: number[] = [];
  for (let entry = 0; entry < batch; entry++)
    for (let head = 0; head < kvHeads; head++) {
      const rows = steps.flatMap((step) =>
        Array.from({ length: step.steps }, (_, at) => rowOf(step[of], entry, at, head)),
      );
      cache.push(...rows.flat(), ...new Array<number>((capacity - rows.length) * size).fill(0));
    }
  return cache;
}

const targets = kernelTargets().map(({ name, openHost }) => {
  const host = openHost();
  const { fused } = host.target;
  host.dispose();
  return { name, fused };
});

describe(`decoding with a cache that is fed back (LANEWISE_SEED=${seed})`, () => {
  const steps = randomSteps([5, 1, 1, 1, 2, 1]);
  const expected = expectedAnswers(steps);
  const bits = new Map<boolean, string>();

  test.each(targets)("of fixed capacity on $name", async ({ name, fused }) => {
    const { answers, pastKey, pastValue } = await decode(name, steps, 16);
    answers.forEach((answer, i) => {
      answer.forEach((y, j) => void expect(Math.abs(y - (expected[i]?.[j] as number))).toBeLessThan(1e-5));
    });
    expect([...(pastKey.data as Float32Array)]).toEqual(expectedCache(steps, "k", 16));
    expect([...(pastValue.data as Float32Array)]).toEqual(expectedCache(steps, "v", 16));
    const text = answers.map((answer) => new Int32Array(answer.buffer, answer.byteOffset, answer.length).join()).join();
    expect(text).toBe(bits.get(fused) ?? text);
    bits.set(fused, text);
  });

  test.each(targets)("that grows on $name", async ({ name }) => {
    const { answers, pastKey } = await decode(name, steps, 0);
    answers.at(-1)?.forEach((y, j) => void expect(Math.abs(y - (expected.at(-1)?.[j] as number))).toBeLessThan(1e-5));
    expect([...(pastKey.data as Float32Array)]).toEqual(expectedCache(steps, "k", 11));
  });
});

test("keys beyond the cache and sizes below 0 are told with the step", async () => {
  using model = await load(decoder);
  const [step] = randomSteps([1]) as [Step];
  const past = f32([batch, kvHeads, 4, size], new Float32Array(batch * kvHeads * 4 * size));
  const run = (lengths: number, total: number) => {
    const { q, k, v } = step;
    return model.run({ ...{ q, k, v, pastKey: past, pastValue: past, total }, lengths: Int32Array.of(lengths, 0) });
  };
  await expect(run(9, 4)).rejects.toThrow(
    'tensorScatter "y": starts [9, 0] do not leave room for 1 entries in 2 rows of 4.',
  );
  await expect(run(0, 2 ** 31 - 1)).rejects.toThrow("limits.maxArenaBytes");
  expect((await run(1, -7))["key"]?.shape).toEqual([batch, kvHeads, 4, size]);
});
