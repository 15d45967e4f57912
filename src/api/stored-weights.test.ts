import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, describe, expect, it } from "vitest";
import { FormatError, load, UnsupportedError, UsageError } from "../index.ts";
import { rejection, small } from "./testdata/models.ts";
import type { TestModel, TestTensor } from "./testdata/onnx-model.ts";
import { onnxModel } from "./testdata/onnx-model.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
const folder = mkdtempSync(join(tmpdir(), "lanewise-weights-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Large enough to stay in the file: 128 x 160 floats, and what they come to when a row of x is multiplied by them. */
const [depth, columns] = [128, 160];
const weights = Float32Array.from({ length: depth * columns }, (_, i) => ((i * 7) % 19) - 9);
const bytes = new Uint8Array(weights.buffer);
const type = `f32[${depth},${columns}]`;
const x = Float32Array.from({ length: depth }, (_, i) => (i % 5) - 2);
const product = Float32Array.from({ length: columns }, (_, j) =>
  x.reduce((sum, each, p) => sum + each * (weights[p * columns + j] as number), 0),
);

const multiply = (initializers: Record<string, TestTensor>, nodes: TestModel["nodes"] = []): TestModel => ({
  inputs: { x: `f32[N,${depth}]` },
  initializers,
  nodes: [...nodes, { op: "MatMul", inputs: ["x", "w"], outputs: ["y"] }],
  outputs: ["y"],
});
const raw: TestTensor = { type, raw_data: bytes };
const outside: TestTensor = {
  type,
  data_location: 1,
  external_data: Object.entries({ location: "data/w.bin", offset: "8" }).map(([key, value]) => ({ key, value })),
};
const branch = (op: string) => ({
  nodes: [
    { op: "Constant", inputs: [], outputs: ["w"], attributes: { value: raw } },
    { op: "MatMul", inputs: ["x", "w"], outputs: ["p"] },
    { op, inputs: ["p"], outputs: ["r"] },
  ],
  outputs: ["r"],
});

const models = {
  "an initializer": multiply({ w: raw }),
  "a Constant node": multiply({}, [{ op: "Constant", inputs: [], outputs: ["w"], attributes: { value: raw } }]),
  "external data": multiply({ w: outside }),
  "a reshaped initializer": multiply(
    { v: { ...raw, type: `f32[${columns},${depth}]` }, s: { type: "i64[2]", int64_data: [depth, columns] } },
    [{ op: "Reshape", inputs: ["v", "s"], outputs: ["w"] }],
  ),
  "the branches of an If": {
    inputs: { x: `f32[N,${depth}]`, up: "bool[]" },
    nodes: [
      {
        op: "If",
        inputs: ["up"],
        outputs: ["y"],
        attributes: { then_branch: branch("Identity"), else_branch: branch("Neg") },
      },
    ],
    outputs: ["y"],
  },
} satisfies Record<string, TestModel>;

let count = 0;
/** Writes a model, and its weights beside it, to a folder of its own. */
function written(model: TestModel): { readonly path: string; readonly data: string } {
  const at = join(folder, String(count++));
  mkdirSync(join(at, "data"), { recursive: true });
  const [path, data] = [join(at, "model.onnx"), join(at, "data/w.bin")];
  writeFileSync(path, onnxModel(model));
  writeFileSync(data, new Uint8Array([...new Uint8Array(8), ...bytes]));
  return { path, data };
}

const rows = (n: number) =>
  ({
    dtype: "f32",
    shape: [n, depth],
    data: Float32Array.from({ length: n * depth }, (_, i) => x[i % depth] as number),
  }) as const;
const feedsOf = (name: string, n: number) => ({ x: rows(n), ...(name.includes("If") && { up: [1] }) });
const repeated = (n: number) => Float32Array.from({ length: n * columns }, (_, i) => product[i % columns] as number);

/** How often this process has a file of the folder open. */
const openFiles = (at: string): number =>
  readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(at);
    } catch {
      return false;
    }
  }).length;

describe.each(["eval", "auto"])("weights that stay in their file, on %s,", (target) => {
  it.each(Object.keys(models) as (keyof typeof models)[])("are those of %s, also when it is unlinked", async (name) => {
    const { path, data } = written(models[name]);
    using model = await load(path, { target });
    unlinkSync(path);
    unlinkSync(data);
    for (const n of [1, 3, 40]) expect((await model.run(feedsOf(name, n)))["y"]?.data).toEqual(repeated(n));
  });

  it.each([
    ["model", "an initializer"],
    ["external file", "external data"],
  ] as const)("are refused once the %s was written to", async (what, name) => {
    const { path, data } = written(models[name]);
    using model = await load(path, { target });
    truncateSync(what === "model" ? path : data, 1000);
    const error = await rejection(model.run(feedsOf(name, 1)));
    expect(error).toBeInstanceOf(FormatError);
    expect(error.message).toMatch(new RegExp(`The ${what} ".*" changed after it was opened.*Load the model again`));
  });
});

describe("what a model says of weights that do not fit", () => {
  it("is the same as for bytes", async () => {
    const damaged = [
      multiply({ w: { type, raw_data: bytes.subarray(4) } }),
      multiply({ w: { type, raw_data: bytes, float_data: [1] } }),
      multiply({ w: { type: "string[20480]", raw_data: bytes } }),
      multiply({ w: { type: "bool[2]", raw_data: bytes } }),
    ];
    for (const model of damaged) {
      const { path } = written(model);
      const [ofFile, ofBytes] = [await rejection(load(path)), await rejection(load(onnxModel(model)))];
      expect(ofFile.name).toBe(ofBytes.name);
      expect(ofFile.message).toBe(ofBytes.message.replace("the model", path));
    }
  });

  it("takes truths for 0 and 1, whatever they are written as", async () => {
    const truths = Uint8Array.from({ length: 70_000 }, (_, i) => i % 3);
    const nodes = [
      { op: "Cast", inputs: ["w"], outputs: ["f"], attributes: { to: 1n } },
      { op: "Add", inputs: ["x", "f"], outputs: ["y"] },
    ];
    const { path } = written({
      inputs: { x: "f32[70000]" },
      initializers: { w: { type: "bool[70000]", raw_data: truths } },
      nodes,
      outputs: ["y"],
    });
    using model = await load(path);
    const { y } = await model.run({ x: new Float32Array(70_000) });
    expect(y?.data).toEqual(Float32Array.from(truths, (truth) => (truth === 0 ? 0 : 1)));
  });
});

describe.skipIf(process.platform !== "linux")("the files of a model", () => {
  it("are open until it is disposed of", async () => {
    const { path, data } = written(models["external data"]);
    const model = await load(path);
    // The model itself holds nothing that is read later.
    expect([openFiles(path), openFiles(data)]).toEqual([0, 1]);
    await model.run({ x });
    model.dispose();
    expect(openFiles(folder)).toBe(0);
    await expect(model.run({ x })).rejects.toThrow(UsageError);
  });

  it("are open until a run has ended that was under way", async () => {
    const { path } = written(models["an initializer"]);
    const model = await load(path, { target: "eval" });
    const running = model.run({ x: rows(100) });
    await new Promise((resolve) => setImmediate(resolve));
    model.dispose();
    expect((await running)["y"]?.data).toEqual(repeated(100));
    expect(openFiles(folder)).toBe(0);
  });

  it("are not left open by small weights, or by models that cannot be loaded", async () => {
    const { path } = written(small);
    using model = await load(path);
    expect(model.info.steps).toBeGreaterThan(0);
    expect(openFiles(folder)).toBe(0);
    const unknown = written(multiply({ v: raw }, [{ op: "Strange", inputs: ["v"], outputs: ["w"] }]));
    expect(await rejection(load(unknown.path))).toBeInstanceOf(UnsupportedError);
    const misfit = written(
      multiply({ w: raw, v: outside }, [
        { op: "Concat", inputs: ["v", "v"], outputs: ["u"], attributes: { axis: 7n } },
      ]),
    );
    await rejection(load(misfit.path));
    expect(openFiles(folder)).toBe(0);
  });

  it("are closed when the model is collected", async () => {
    const { path } = written(models["an initializer"]);
    const run = async () => void (await (await load(path)).run({ x }));
    await run();
    for (let i = 0; i < 50 && openFiles(path) > 0; i++) {
      collectGarbage();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(openFiles(path)).toBe(0);
  });

  it("leave nothing behind after a hundred models", async () => {
    const { path } = written(models["an initializer"]);
    const inUse = async () => {
      for (let i = 0; i < 3; i++) {
        collectGarbage();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const { arrayBuffers, heapUsed } = process.memoryUsage();
      return arrayBuffers + heapUsed;
    };
    const round = async () => {
      using model = await load(path);
      await model.run({ x });
    };
    for (let i = 0; i < 20; i++) await round();
    const before = await inUse();
    for (let i = 0; i < 100; i++) await round();
    expect((await inUse()) - before).toBeLessThan(2 ** 20);
    expect(openFiles(folder)).toBe(0);
  });
});
