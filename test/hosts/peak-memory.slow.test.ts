import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { onnxModel } from "../../src/api/testdata/onnx-model.ts";
import { root } from "../support/shared-data.ts";
import { buildChild } from "./testdata/build-child.ts";

/** Where all tests are skipped nothing would take it away. */
const scratch = process.platform !== "linux" ? "" : mkdtempSync(join(tmpdir(), "lanewise-peak-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let program = "";

const [layers, size] = [4, 2048];
const layerBytes = 4 * size * size;
const weightBytes = layers * layerBytes;
const inside = join(scratch, "inside.onnx");
const outside = join(scratch, "outside.onnx");

/** x: f32[N,size] times one matrix after the other, each with 2 / size everywhere: of ones it makes 2 ** layers. */
beforeAll(async () => {
  program = await buildChild(scratch, join(root, "node_modules"));
  const matrix = new Uint8Array(new Float32Array(size * size).fill(2 / size).buffer);
  const place = (i: number) =>
    Object.entries({ location: "weights.bin", offset: String(i * layerBytes) }).map(([key, value]) => ({ key, value }));
  const model = (fields: (i: number) => object) =>
    onnxModel({
      inputs: { x: `f32[N,${size}]` },
      initializers: Object.fromEntries(
        Array.from({ length: layers }, (_, i) => [`w${i}`, { type: `f32[${size},${size}]`, ...fields(i) }]),
      ),
      nodes: Array.from({ length: layers }, (_, i) => ({
        op: "MatMul",
        inputs: [i === 0 ? "x" : `t${i}`, `w${i}`],
        outputs: [i === layers - 1 ? "y" : `t${i + 1}`],
      })),
      outputs: ["y"],
    });
  writeFileSync(
    inside,
    model(() => ({ raw_data: matrix })),
  );
  writeFileSync(
    outside,
    model((i) => ({ data_location: 1, external_data: place(i) })),
  );
  writeFileSync(join(scratch, "weights.bin"), Buffer.concat(Array.from({ length: layers }, () => matrix)));
});

function growthOf(target: string, path: string, by: "path" | "bytes"): number {
  const { stdout, stderr } = spawnSync(process.execPath, [program, "peak-memory", target, path, `1,${size}`, by], {
    encoding: "utf8",
  });
  const { growth, first } = JSON.parse(stdout || JSON.stringify({ growth: stderr }));
  expect(first, stderr).toBe(2 ** layers);
  return growth;
}

describe.skipIf(process.platform !== "linux")("the peak of memory, beside the arena,", () => {
  const bound = 1.5 * weightBytes;

  test.each([
    ["wasm-simd128", "the model file", inside],
    ["wasm-simd128", "a file beside it", outside],
    ["auto", "the model file", inside],
  ])("is little more than the weights on %s when they lie in %s", (target, _, path) => {
    const growth = growthOf(target, path, "path");
    expect(growth).toBeGreaterThan(weightBytes);
    expect(growth).toBeLessThan(bound);
  });

  test("is beyond that bound where the weights are held twice", () => {
    expect(growthOf("wasm-simd128", inside, "bytes")).toBeGreaterThan(bound);
  });
});
