import { describe, expect, expectTypeOf, it } from "vitest";
import type {
  Datum,
  DType,
  ExternalSource,
  Feed,
  LoadOptions,
  LoadProgress,
  Model,
  ModelInfo,
  ModelSource,
  Outputs,
  PortInfo,
  RunOptions,
  StepReport,
  Tensor,
  TensorFacts,
} from "../index.ts";
import { AbortedError, LanewiseError, load, registerOp } from "../index.ts";
import { onnxModel } from "./testdata/onnx-model.ts";

describe("the types of the public API", () => {
  it("load takes every source and option, and gives a model", () => {
    expectTypeOf(load).returns.resolves.toEqualTypeOf<Model>();
    expectTypeOf(load).parameter(0).toEqualTypeOf<ModelSource>();
    expectTypeOf(load).parameter(1).toEqualTypeOf<LoadOptions | undefined>();
    expectTypeOf<
      string | URL | Uint8Array | Buffer | ArrayBuffer | Blob | File | ReadableStream<Uint8Array> | Response
    >().toExtend<ModelSource>();
    expectTypeOf<number>().not.toExtend<ModelSource>();
    expectTypeOf({
      target: "auto",
      threads: 2,
      signal: new AbortController().signal,
      onProgress: ({ stage, done, total }: LoadProgress) => void [stage, done, total],
      limits: { maxBytes: 1, maxNodes: 1, maxArenaBytes: 1, timeoutMs: 1 },
      numerics: "fast" as const,
      externalData: { "w.bin": new Uint8Array(1) },
      fuse: false,
    }).toExtend<LoadOptions>();
    expectTypeOf<{ thread: 1 }>().not.toExtend<LoadOptions>();
    expectTypeOf<{ numerics: "quick" }>().not.toExtend<LoadOptions>();
    expectTypeOf<ReadonlyMap<string, Uint8Array>>().toExtend<ExternalSource>();
    expectTypeOf<(location: string) => Promise<ArrayBuffer>>().toExtend<ExternalSource>();
  });

  it("a model runs, tells about itself and is disposed of", () => {
    expectTypeOf<Model["run"]>().parameter(0).toEqualTypeOf<Readonly<Record<string, Feed>>>();
    expectTypeOf<Model["run"]>().parameter(1).toEqualTypeOf<RunOptions | undefined>();
    expectTypeOf((model: Model) => model.run({ x: 1 })).returns.resolves.toEqualTypeOf<Outputs>();
    expectTypeOf((model: Model) => model.runSync({ x: 1 })).returns.toEqualTypeOf<Outputs>();
    expectTypeOf<Outputs[string]>().toEqualTypeOf<Tensor>();
    expectTypeOf((model: Model) => model.run<{ words: Datum[] }>({})).returns.resolves.toEqualTypeOf<{
      words: Datum[];
    }>();
    expectTypeOf<Model["inputs"]>().toEqualTypeOf<readonly PortInfo[]>();
    expectTypeOf<PortInfo["shape"]>().toEqualTypeOf<readonly (number | string)[] | undefined>();
    expectTypeOf<Model["info"]>().toEqualTypeOf<ModelInfo>();
    expectTypeOf<RunOptions["onStep"]>().toEqualTypeOf<((report: StepReport) => void) | undefined>();
    expectTypeOf<Model>().toExtend<Disposable & AsyncDisposable>();
  });

  it("tensors know their storage by their dtype", () => {
    expectTypeOf<Tensor<"f32">["data"]>().toEqualTypeOf<Float32Array>();
    expectTypeOf<Tensor<"i64">["data"]>().toEqualTypeOf<BigInt64Array>();
    expectTypeOf<Tensor<"string">["data"]>().toExtend<readonly string[]>();
    expectTypeOf<Tensor["dtype"]>().toEqualTypeOf<DType>();
  });

  it("feeds are tensors, arrays, lists and elements", () => {
    expectTypeOf<Tensor | { dtype: "i64"; shape: number[]; data: number[] }>().toExtend<Feed>();
    expectTypeOf<Float32Array | Float64Array | Uint8Array | Uint8ClampedArray | Int32Array | Buffer>().toExtend<Feed>();
    expectTypeOf<BigInt64Array | BigUint64Array | Float16Array>().toExtend<Feed>();
    expectTypeOf<number | bigint | boolean | string | null>().toExtend<Feed>();
    expectTypeOf<number[] | bigint[] | boolean[] | string[] | number[][] | readonly number[][][]>().toExtend<Feed>();
    expectTypeOf<ReadonlyMap<bigint, Datum>>().toExtend<Feed>();
    expectTypeOf<{ dtype: "float32"; shape: number[]; data: number[] }>().not.toExtend<Feed>();
    expectTypeOf<() => number>().not.toExtend<Feed>();
    expectTypeOf<undefined>().not.toExtend<Feed>();
  });

  it("an operator's attributes have the types of their defaults", () => {
    const define = () =>
      registerOp("types", "Op", {
        attributes: { alpha: 1, mode: "a", axes: [0, 1], words: ["x"] },
        infer([facts], attributes) {
          expectTypeOf(facts).toEqualTypeOf<TensorFacts | undefined>();
          expectTypeOf(attributes).toEqualTypeOf<{ alpha: number; mode: string; axes: number[]; words: string[] }>();
          return { dtype: "f32", shape: undefined };
        },
        eval([tensor], { alpha }) {
          expectTypeOf(tensor).toEqualTypeOf<Tensor | undefined>();
          expectTypeOf(alpha).toEqualTypeOf<number>();
          return tensor as Tensor;
        },
      });
    expectTypeOf(define).returns.toBeVoid();
  });

  it("errors are told by class and by code", () => {
    const error: unknown = new AbortedError("x");
    if (!(error instanceof LanewiseError)) throw error;
    expectTypeOf(error.code).toEqualTypeOf<
      "FORMAT" | "UNSUPPORTED" | "SHAPE" | "TARGET" | "USAGE" | "LIMIT" | "ABORTED"
    >();
    expect(error.code).toBe("ABORTED");
  });
});

/** The output of a model that hands its input of this type on. */
async function handOn(type: string, feed: Feed): Promise<Tensor | undefined> {
  const node = { op: "Identity", inputs: ["x"], outputs: ["y"] };
  const model = await load(onnxModel({ inputs: { x: type }, nodes: [node], outputs: ["y"] }));
  return (await model.run({ x: feed }))["y"];
}
const halves = (globalThis as { readonly Float16Array?: new (values: readonly number[]) => Float16Array }).Float16Array;

describe("feeds of a run", () => {
  const longs = { dtype: "i64", shape: [2], data: BigInt64Array.of(1n, -2n) };
  const floats = { dtype: "f32", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) };
  const forms: [what: string, type: string, feed: Feed, expected: object][] = [
    ["numbers for i64", "i64[N]", [1, -2], longs],
    ["bigints for i64", "i64[N]", [1n, -2n], longs],
    ["a BigInt64Array", "i64[N]", BigInt64Array.of(1n, -2n), longs],
    ["a number for a scalar", "i64[]", 3, { dtype: "i64", shape: [], data: BigInt64Array.of(3n) }],
    ["a bigint for a scalar", "i32[]", 3n, { dtype: "i32", shape: [], data: Int32Array.of(3) }],
    ["numbers under the declared shape", "f32[N,2]", [1, 2, 3, 4], floats],
    [
      "lists of numbers under their own",
      "f32[N,M]",
      [
        [1, 2],
        [3, 4],
      ],
      floats,
    ],
    ["a tensor of a list", "f32[N,M]", { dtype: "f32", shape: [2, 2], data: [1, 2, 3, 4] }, floats],
    ["booleans", "bool[N]", [true, false], { dtype: "bool", shape: [2], data: Uint8Array.of(1, 0) }],
    ["a boolean", "bool[]", true, { dtype: "bool", shape: [], data: Uint8Array.of(1) }],
    ["strings", "string[N]", ["a", "b"], { dtype: "string", shape: [2], data: ["a", "b"] }],
    ["numbers for f16", "f16[N]", [1, -2], { dtype: "f16", shape: [2], data: Uint16Array.of(0x3c00, 0xc000) }],
    ["numbers for bf16", "bf16[N]", [1, -2], { dtype: "bf16", shape: [2], data: Uint16Array.of(0x3f80, 0xc000) }],
  ];
  it.each(forms)("%s", async (_what, type, feed, expected) => {
    expect(await handOn(type, feed)).toEqual(expected);
  });

  it.skipIf(halves === undefined)("a Float16Array, where the runtime has it", async () => {
    const feed = new (halves as NonNullable<typeof halves>)([1, -2]);
    expect((await handOn("f16[N]", feed))?.data).toEqual(Uint16Array.of(0x3c00, 0xc000));
  });
});
