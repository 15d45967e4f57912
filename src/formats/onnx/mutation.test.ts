import { expect, test } from "vitest";
import { LanewiseError } from "../../tensor/errors.ts";
import { loadExternalData, tensorsOf } from "./external.ts";
import { memoryExternalData } from "./memory-external-data.ts";
import { readModel } from "./model.ts";
import { readDatum } from "./read-datum.ts";
import type { GraphProto } from "./schema.ts";
import { decodeSparseTensor } from "./sparse-tensor.ts";
import { decodeTensor } from "./tensor.ts";
import { generator, mutate } from "./testdata/mutate.ts";
import { testBytes } from "./testdata/read.ts";

const seed = Number(process.env.LANEWISE_SEED ?? Date.now() % 2 ** 31);
const models = ["structure", "dtypes-raw", "dtypes-typed", "sparse", "external/model"].map((name) => `${name}.onnx`);
const datums = ["sequence", "nested-sequence", "optional-sequence", "map-by-name"].map((name) => `datums/${name}.pb`);
/** Decoded data may be this much larger than its file: eight bytes for a varint of one, and dense forms up to the limit. */
const limits = { maxDenseBytes: 2 ** 20 };
const data = memoryExternalData({
  "weights/part one.bin": testBytes("external/weights/part one.bin"),
  "top.bin": testBytes("external/top.bin"),
});

/** Decodes all that a model holds and returns the bytes that this made. */
async function readAll(bytes: Uint8Array): Promise<number> {
  const { proto, graph } = readModel(bytes, { limits });
  const loaded = await loadExternalData(proto, data, { limits });
  let size = 0;
  for (const tensor of tensorsOf(proto)) size += sizeOf(decodeTensor(tensor, loaded, limits).data);
  for (const sparse of (graph as GraphProto).sparseInitializer)
    size += sizeOf(decodeSparseTensor(sparse, loaded, limits).data);
  return size;
}

const sizeOf = (content: ArrayBufferView | readonly string[]): number =>
  "byteLength" in content ? content.byteLength : content.length;

async function outcome(read: () => unknown): Promise<"read" | "refused"> {
  try {
    await read();
    return "read";
  } catch (error) {
    if (error instanceof LanewiseError) return "refused";
    throw error;
  }
}

test(`mutated files are read or refused by a typed error, seed ${seed}`, async () => {
  const random = generator(seed);
  const counts = { read: 0, refused: 0 };
  for (const name of models) {
    const file = testBytes(name);
    for (let i = 0; i < 600; i++) {
      const mutant = mutate(file, random);
      const bound = 8 * mutant.length + 4096 + limits.maxDenseBytes * 8;
      counts[await outcome(async () => expect(await readAll(mutant)).toBeLessThan(bound))]++;
    }
  }
  for (const name of datums) {
    const file = testBytes(name);
    const kind = name.includes("optional") ? "optional" : name.includes("map") ? "map" : "sequence";
    for (let i = 0; i < 300; i++) counts[await outcome(() => readDatum(mutate(file, random), kind, limits))]++;
  }
  expect(counts.read).toBeGreaterThan(400);
  expect(counts.refused).toBeGreaterThan(400);
});

test.each(models)("every truncation of %s is read or refused by a typed error", async (name) => {
  const file = testBytes(name);
  const step = Math.max(1, Math.floor(file.length / 800));
  for (let length = 0; length < file.length; length += step) {
    await outcome(() => readAll(file.subarray(0, length)));
  }
  expect(await outcome(() => readAll(file))).toBe("read");
});
