import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LoadOptions, LoadProgress, ModelSource } from "../index.ts";
import { AbortedError, FormatError, LimitError, load, TargetError, UnsupportedError, UsageError } from "../index.ts";
import {
  chain,
  externalFile,
  externalModel,
  externalName,
  rejection,
  smallBytes,
  smallFeeds,
  smallResult,
} from "./testdata/models.ts";
import { onnxModel } from "./testdata/onnx-model.ts";

describe("progress of a load", () => {
  it("goes through the stages in order, counting bytes, then stages", async () => {
    const seen: LoadProgress[] = [];
    const bytes = onnxModel(externalModel);
    await load(bytes, { externalData: { [externalName]: externalFile() }, onProgress: (step) => seen.push(step) });
    expect(seen).toEqual([
      { stage: "read", done: 0, total: 0 },
      { stage: "read", done: bytes.length, total: bytes.length },
      { stage: "external", done: 8, total: 8 },
      { stage: "import", done: 2, total: 5 },
      { stage: "simplify", done: 3, total: 5 },
      { stage: "plan", done: 4, total: 5 },
      { stage: "ready", done: 5, total: 5 },
    ]);
  });

  it("counts the bytes of a stream while they come, of unknown total", async () => {
    const bytes = smallBytes();
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(bytes.subarray(0, 10));
        controller.enqueue(bytes.subarray(10));
        controller.close();
      },
    });
    const seen: LoadProgress[] = [];
    await load(stream, { onProgress: (step) => seen.push(step) });
    expect(seen.filter(({ stage }) => stage === "read")).toEqual([
      { stage: "read", done: 0, total: 0 },
      { stage: "read", done: 10, total: 0 },
      { stage: "read", done: bytes.length, total: 0 },
    ]);
  });

  it("passes on what the caller's function throws", async () => {
    const error = new RangeError("mine");
    const failing = () => {
      throw error;
    };
    expect(await rejection(load(smallBytes(), { onProgress: failing }))).toBe(error);
  });
});

describe("the signal of a load", () => {
  it("stops it before anything is read", async () => {
    let isRead = false;
    const stream = new ReadableStream<Uint8Array>(
      {
        pull() {
          isRead = true;
        },
      },
      { highWaterMark: 0 },
    );
    const error = await rejection(load(stream, { signal: AbortSignal.abort("early") }));
    expect(error).toBeInstanceOf(AbortedError);
    expect(error).toMatchObject({ code: "ABORTED", cause: "early" });
    expect(error.message).toContain("Loading the model was aborted by its signal.");
    expect(isRead).toBe(false);
  });

  it.each(["read", "external", "import", "simplify", "plan", "ready"] as const)(
    "stops it in the stage %s",
    async (at) => {
      const controller = new AbortController();
      const seen: string[] = [];
      const options: LoadOptions = {
        signal: controller.signal,
        externalData: { [externalName]: externalFile() },
        onProgress({ stage }) {
          seen.push(stage);
          if (stage === at) controller.abort();
        },
      };
      const loading = load(onnxModel(externalModel), options);
      if (at === "ready") return expect(loading).resolves.toBeDefined();
      expect(await rejection(loading)).toBeInstanceOf(AbortedError);
      return expect(seen.at(-1)).toBe(at);
    },
  );

  it("stops it while a stream gives nothing, and cancels the stream", async () => {
    const controller = new AbortController();
    let reason: unknown;
    const hanging = new ReadableStream<Uint8Array>({
      cancel(why) {
        reason = why;
      },
    });
    setTimeout(() => controller.abort("late"), 10);
    const error = await rejection(load(hanging, { signal: controller.signal }));
    expect(error).toBeInstanceOf(AbortedError);
    expect(error.cause).toBe("late");
    expect(reason).toBe("late");
  });

  it("fires between stages even when it comes from a timer", async () => {
    const controller = new AbortController();
    const stages: string[] = [];
    const onProgress = ({ stage }: LoadProgress) => {
      stages.push(stage);
      if (stage === "import") setImmediate(() => controller.abort());
    };
    const error = await rejection(load(smallBytes(), { signal: controller.signal, onProgress }));
    expect(error).toBeInstanceOf(AbortedError);
    expect(stages).not.toContain("ready");
  });
});

describe("limits", () => {
  it("maxNodes bounds the nodes of a file", async () => {
    await load(onnxModel(chain(20)), { limits: { maxNodes: 20 } });
    const error = await rejection(load(onnxModel(chain(20)), { limits: { maxNodes: 19 } }));
    expect(error).toBeInstanceOf(LimitError);
    expect(error.message).toContain("the file has more than 19 nodes. If you trust it, raise limits.maxNodes.");
  });

  it("maxArenaBytes bounds what a run takes", async () => {
    const model = await load(onnxModel(chain(4)), { limits: { maxArenaBytes: 1024 } });
    const feed = (length: number) => ({ x: new Float32Array(length) });
    await model.run(feed(100));
    const error = await rejection(model.run(feed(100_000)));
    expect(error).toBeInstanceOf(LimitError);
    expect(error.message).toContain("limits.maxArenaBytes = 1024");
    expect((await model.run(feed(10)))["y"]?.shape).toEqual([10]);
  });

  it("timeoutMs bounds the time of a run, which can be run again", async () => {
    const model = await load(onnxModel(chain(40)), { limits: { timeoutMs: 20 } });
    const x = new Float32Array(1_000_000);
    const start = performance.now();
    const error = await rejection(model.run({ x }));
    expect(error).toBeInstanceOf(LimitError);
    expect(error.message).toContain("limits.timeoutMs = 20");
    expect(() => model.runSync({ x })).toThrow(LimitError);
    expect(performance.now() - start).toBeLessThan(10_000);
    expect(model.runSync({ x: new Float32Array(2) })["y"]?.data).toEqual(new Float32Array(2));
  });

  it("external data counts against maxBytes too", async () => {
    const model = onnxModel(externalModel);
    const options = { externalData: { [externalName]: externalFile() }, limits: { maxBytes: 7 } };
    expect(await rejection(load(model, options))).toBeInstanceOf(LimitError);
  });
});

describe("external data", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "lanewise-external-"));
    mkdirSync(join(folder, "weights"));
    writeFileSync(join(folder, "model.onnx"), onnxModel(externalModel));
    writeFileSync(join(folder, externalName), externalFile());
    writeFileSync(join(folder, "alone.onnx"), onnxModel(externalModel));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const ranges: unknown[] = [];
  const fileBytes = externalFile();
  const given: [string, LoadOptions["externalData"]][] = [
    ["a record", { [externalName]: fileBytes }],
    ["a record of buffers", { [externalName]: externalFile().buffer as ArrayBuffer }],
    ["a Map", new Map([[`./${externalName}`, fileBytes]])],
    [
      "a function",
      (location, range) => {
        ranges.push([location, range]);
        return fileBytes.subarray(range.offset, range.offset + (range.length ?? 0));
      },
    ],
    [
      "a function that gives a promise",
      async (_location, { offset, length = 0 }) => fileBytes.slice(offset, offset + length).buffer,
    ],
  ];
  it.each(given)("comes by %s", async (_name, externalData) => {
    const model = await load(onnxModel(externalModel), { externalData });
    expect((await model.run(smallFeeds))["y"]).toEqual(smallResult);
  });

  it("is asked for by its location and range", () => {
    expect(ranges).toEqual([[externalName, { offset: 4, length: 8 }]]);
  });

  it("comes from beside a model on disk, unless it is given", async () => {
    const path = join(folder, "model.onnx");
    expect((await (await load(path)).run(smallFeeds))["y"]).toEqual(smallResult);
    const zeros = { [externalName]: new Uint8Array(16) };
    const model = await load(path, { externalData: zeros });
    expect((await model.run(smallFeeds))["y"]?.data).toEqual(smallFeeds.x.data);
  });

  const cause = new TypeError("offline");
  const missing: [string, LoadOptions["externalData"], new () => Error, RegExp][] = [
    [
      "nothing",
      undefined,
      FormatError,
      /keeps weights in the file "weights\/bias 1\.bin"; pass it by the option externalData/,
    ],
    ["no files", {}, FormatError, /"weights\/bias 1\.bin", but no files are given/],
    ["other files", { "weights/bias": fileBytes }, FormatError, /but the files given are "weights\/bias"/],
    [
      "a file that is too short",
      { [externalName]: fileBytes.subarray(0, 5) },
      FormatError,
      /needs bytes 4 to 12 .* has only 5/,
    ],
    ["too much", () => fileBytes, FormatError, /gave 16 bytes of "weights\/bias 1\.bin", expected 8 from offset 4/],
    [
      "a function that fails",
      () => Promise.reject(cause),
      FormatError,
      /failed to read "weights\/bias 1\.bin": offline/,
    ],
    [
      "text",
      { [externalName]: "bytes" as never },
      UsageError,
      /has for "weights\/bias 1\.bin" the string "bytes"; bytes are needed/,
    ],
    [
      "a function that gives nothing",
      (() => undefined) as never,
      UsageError,
      /gave for .* undefined; bytes are needed/,
    ],
    [
      "a number",
      5 as never,
      UsageError,
      /externalData must be a function or the files by their paths, got the number 5/,
    ],
  ];
  it.each(missing)("is missed: given %s", async (_name, externalData, kind, message) => {
    const error = await rejection(load(onnxModel(externalModel), { externalData }));
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(message);
    if (error.cause !== undefined) expect(error.cause).toBe(cause);
  });

  it("is missed beside a model on disk", async () => {
    rmSync(join(folder, externalName));
    const error = await rejection(load(join(folder, "alone.onnx")));
    expect(error).toBeInstanceOf(FormatError);
    expect(error.message).toMatch(/external file "weights\/bias 1\.bin" of .* is missing: .* keep it beside the model/);
  });
});

describe("options", () => {
  it("fuse: false leaves operators apart and gives the same answers", async () => {
    const x = {
      dtype: "f32",
      shape: [3, 5],
      data: Float32Array.from({ length: 15 }, (_unused, i) => i / 3 - 2),
    } as const;
    const sigmoid = onnxModel({
      inputs: { x: "f32[N,5]" },
      nodes: [
        { op: "Sigmoid", inputs: ["x"], outputs: ["s"] },
        { op: "Mul", inputs: ["x", "s"], outputs: ["y"] },
      ],
      outputs: ["y"],
    });
    const [fused, apart] = [
      await load(sigmoid, { target: "eval" }),
      await load(sigmoid, { target: "eval", fuse: false }),
    ];
    expect(fused.info.evalOps).toEqual({ silu: 1 });
    expect(apart.info.evalOps).toEqual({ sigmoid: 1, mul: 1 });
    const [a, b] = [await fused.run({ x }), await apart.run({ x })].map(({ y }) => y?.data as Float32Array);
    a?.forEach((value, i) => {
      expect(value).toBeCloseTo(b?.[i] as number, 6);
      const double = x.data[i] as number;
      expect(value).toBeCloseTo(double / (1 + Math.exp(-double)), 6);
    });
  });

  it("undefined means not given", async () => {
    const options = { target: undefined, threads: undefined, limits: { maxBytes: undefined }, fuse: undefined };
    await expect(load(smallBytes(), options)).resolves.toBeDefined();
  });

  const bad: [object | null, new () => Error, RegExp][] = [
    [
      { target: "gpu" },
      TargetError,
      /^There is no target "gpu"; the targets are auto, .*wasm-relaxed, wasm-simd128, eval, /,
    ],
    [{ threads: 0 }, UsageError, /threads must be a whole number of 1 or more, got 0/],
    [{ threads: 1.5 }, UsageError, /threads must be a whole number of 1 or more, got 1.5/],
    [{ threads: "2" }, UsageError, /threads must be a whole number of 1 or more, got 2/],
    [{ numerics: "quick" }, UsageError, /"numerics" must be "exact" or "fast", got the string "quick"/],
    [{ fuse: "no" }, UsageError, /"fuse" must be true or false/],
    [{ signal: {} }, UsageError, /"signal" must be an AbortSignal, got Object/],
    [{ onProgress: true }, UsageError, /"onProgress" must be a function, got the boolean true/],
    [{ limits: 5 }, UsageError, /"limits" must be an object/],
    [{ limits: { maxBytes: "5" } }, UsageError, /limit "maxBytes" must be a number of 0 or more, got the string "5"/],
    [
      { limits: { timeoutMs: Number.NaN } },
      UsageError,
      /limit "timeoutMs" must be a number of 0 or more, got the number NaN/,
    ],
    [{ limits: { maxByte: 5 } }, UsageError, /no limit "maxByte"; did you mean "maxBytes"\? The limits are maxBytes,/],
    [{ thread: 2 }, UsageError, /no option "thread"; did you mean "threads"\? The options are target, threads,/],
    [null, UsageError, /options of load must be an object such as \{ threads: 1 \}, got null/],
  ];
  it.each(bad)("%j is refused before anything is read", async (options, kind, message) => {
    let isRead = false;
    const source = new ReadableStream(
      {
        pull() {
          isRead = true;
        },
      },
      { highWaterMark: 0 },
    );
    const error = await rejection(load(source as ModelSource, options as LoadOptions));
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(message);
    expect(isRead).toBe(false);
  });
});

describe("model.info", () => {
  it("says what runs the model, with how many threads, and why", async () => {
    const { info } = await load(smallBytes(), { target: "eval" });
    expect(info).toEqual({
      target: "eval",
      threads: 1,
      reasons: ["eval was asked for"],
      async: "between steps",
      warnings: [],
      steps: 2,
      evalSteps: 2,
      evalOps: { add: 1, relu: 1 },
      arenaBytes: 0,
      memoryBytes: 0,
    });
  });

  it("says that kernels run what they can, in one step where they can", async () => {
    const { info } = await load(smallBytes(), { target: "wasm-simd128" });
    expect(info).toMatchObject({
      target: "wasm-simd128",
      reasons: ["wasm-simd128 was asked for"],
      evalSteps: 0,
      evalOps: {},
    });
    expect(info.memoryBytes).toBeGreaterThan(0);
    expect((await load(smallBytes())).info.reasons.at(-1)).toMatch(/is the best target that runs here$/);
  });

  it("says why it has fewer threads than asked for", async () => {
    const { info } = await load(smallBytes(), { threads: 4, target: "auto" });
    expect(info.threads).toBe(1);
    expect(info.reasons.at(-1)).toMatch(/^1 thread instead of 4: /);
    expect((await load(smallBytes(), { threads: 1, target: "eval" })).info.reasons).toHaveLength(1);
  });

  it("carries the oddities of the file, and the arena of the last run", async () => {
    const model = await load(onnxModel({ ...chain(3), irVersion: 99 }));
    expect(model.info.warnings).toEqual([expect.stringContaining("IR version 99")]);
    await model.run({ x: new Float32Array(100) });
    expect(model.info.arenaBytes).toBeGreaterThanOrEqual(400);
  });
});

it("names the source in errors of the file", async () => {
  const error = await rejection(load(Uint8Array.of(1, 2, 3)));
  expect(error).toBeInstanceOf(FormatError);
  expect(error.message).toMatch(/^the model: /);
  const unknown = { ...chain(2), nodes: [{ op: "Frobnicate", inputs: ["x"], outputs: ["y"] }] };
  const unsupported = await rejection(load(onnxModel(unknown)));
  expect(unsupported).toBeInstanceOf(UnsupportedError);
  expect(unsupported.message).toContain("Frobnicate (1 node). Add each with registerOp(domain, name, ...)");
});
