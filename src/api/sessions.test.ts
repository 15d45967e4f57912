import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import type { Model, Tensor } from "../index.ts";
import { AbortedError, load, UsageError } from "../index.ts";
import { chain, rejection, smallBytes, smallFeeds, smallResult } from "./testdata/models.ts";
import { onnxModel } from "./testdata/onnx-model.ts";

const floats = (tensor: Tensor | undefined) => (tensor as Tensor<"f32">).data;

/** sin applied `times` times, rounded to f32 each time. */
const sines = (x: number, times: number): number => {
  let value = Math.fround(x);
  for (let i = 0; i < times; i++) value = Math.fround(Math.sin(value));
  return value;
};

describe("two sessions of one file", () => {
  it("run side by side, each in its own order, and share nothing that one could spoil", async () => {
    const bytes = onnxModel(chain(12));
    const [a, b] = [await load(bytes), await load(bytes)];
    const order: string[] = [];
    const run = async (model: Model, name: string, x: number) => {
      const { y } = await model.run({ x: new Float32Array(40_000).fill(x) });
      order.push(name);
      return floats(y)[39_999];
    };
    const started = [run(a, "a1", 0.5), run(b, "b1", 1), run(a, "a2", 1.5), run(b, "b2", 2)];
    const expected = [0.5, 1, 1.5, 2].map((x) => sines(x, 12));
    expect(await Promise.all(started)).toEqual(expected);
    expect(order.filter((name) => name.startsWith("a"))).toEqual(["a1", "a2"]);
    expect(order.filter((name) => name.startsWith("b"))).toEqual(["b1", "b2"]);
    a.dispose();
    expect(await run(b, "b3", 0.5)).toBe(expected[0]);
    expect((await rejection(a.run({ x: [1] }))).message).toMatch(/has been disposed of\. Load it again/);
  });
});

describe("runs of one session", () => {
  it("queue, with shapes and results of their own", async () => {
    const model = await load(onnxModel(chain(3)));
    const lengths = [5, 50_000, 1, 700, 50_000, 5];
    const runs = lengths.map((length, i) => model.run({ x: new Float32Array(length).fill(i / 4) }));
    const results = await Promise.all(runs);
    results.forEach(({ y }, i) => {
      expect(y?.shape).toEqual([lengths[i]]);
      expect(new Set(y?.data as Float32Array)).toEqual(new Set([sines(i / 4, 3)]));
    });
  });

  it("end by their own signals alone", async () => {
    const model = await load(onnxModel(chain(30)));
    const controller = new AbortController();
    const x = new Float32Array(200_000);
    const first = model.run({ x }, { signal: controller.signal });
    const second = model.run({ x: [1] });
    setTimeout(() => controller.abort("stop"), 5);
    const error = await rejection(first);
    expect(error).toBeInstanceOf(AbortedError);
    expect(error.cause).toBe("stop");
    expect((await second)["y"]?.data).toEqual(Float32Array.of(sines(1, 30)));
  });

  it("leave the event loop free", async () => {
    const model = await load(onnxModel(chain(40)));
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await model.run({ x: new Float32Array(1_500_000) });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });

  it("may be synchronous, but not while another is under way", async () => {
    const model = await load(smallBytes());
    expect(model.runSync(smallFeeds)["y"]).toEqual(smallResult);
    const long = await load(onnxModel(chain(30)));
    const running = long.run({ x: new Float32Array(200_000) });
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(() => long.runSync({ x: [1] })).toThrow(UsageError);
    await running;
    expect(long.runSync({ x: [1] })["y"]?.data).toEqual(Float32Array.of(sines(1, 30)));
  });

  it("do not write to what they are fed", async () => {
    const model = await load(onnxModel(chain(2)));
    const x = Float32Array.of(1, 2);
    const { y } = await model.run({ x });
    expect(x).toEqual(Float32Array.of(1, 2));
    floats(y).fill(7);
    expect((await model.run({ x }))["y"]?.data).toEqual(Float32Array.of(sines(1, 2), sines(2, 2)));
  });
});

describe("dispose", () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  const megabytes = 2 ** 20;

  /** Buffers are given back in the background after a collection. */
  const bytesInUse = async () => {
    for (let i = 0; i < 3; i++) {
      collectGarbage();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    return arrayBuffers + heapUsed;
  };

  /** y = sin(x + w), with 4 MB of weights and as much in the arena. */
  const heavy = (): Uint8Array => {
    const count = megabytes;
    const weights = new Uint8Array(new Float32Array(count).fill(0.5).buffer);
    return onnxModel({
      inputs: { x: `f32[${count}]` },
      initializers: { w: { type: `f32[${count}]`, raw_data: weights } },
      nodes: [
        { op: "Add", inputs: ["x", "w"], outputs: ["s"] },
        { op: "Sin", inputs: ["s"], outputs: ["t"] },
        { op: "Neg", inputs: ["t"], outputs: ["y"] },
      ],
      outputs: ["y"],
    });
  };

  it("gives back weights and arena, though the model is still held", async () => {
    const x = new Float32Array(megabytes);
    const kept: Model[] = [];
    const round = async () => {
      const model = await load(heavy());
      kept.push(model);
      model.runSync({ x });
      model.dispose();
    };
    for (let i = 0; i < 5; i++) await round();
    const before = await bytesInUse();
    for (let i = 0; i < 30; i++) await round();
    const growth = (await bytesInUse()) - before;
    expect(kept).toHaveLength(35);
    // A model that is not given back holds 8 MB: 30 of them would be 240 MB.
    expect(growth).toBeLessThan(16 * megabytes);
  });

  it("a hundred times leaves the process as large as it was", async () => {
    const round = async () => {
      const model = await load(smallBytes());
      await model.run(smallFeeds);
      await model[Symbol.asyncDispose]();
    };
    for (let i = 0; i < 20; i++) await round();
    const before = await bytesInUse();
    for (let i = 0; i < 100; i++) await round();
    expect((await bytesInUse()) - before).toBeLessThan(megabytes);
  });
});
