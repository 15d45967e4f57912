import { describe, expect, it } from "vitest";
import { evaluate } from "../graph/evaluate.ts";
import { input } from "../graph/leaves.ts";
import type { Type } from "../graph/type.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Datum } from "../tensor/datum.ts";
import type { DType } from "../tensor/dtype.ts";
import { ShapeError, UsageError } from "../tensor/errors.ts";
import { scalar } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { castMap } from "./cast-map.ts";
import { dictVectorize } from "./dict-vectorize.ts";
import { constantOf } from "./testing.ts";
import { zipMap } from "./zip-map.ts";

// The rows are those of ONNX Runtime.

const mapType = (key: DType, dtype: DType): Type => ({ kind: "map", key, value: tensorType(dtype, []) });

function run(apply: (map: Value) => Value, type: Type, map: ReadonlyMap<string | bigint, Datum>): Tensor {
  const given = input("map", type);
  return evaluate({ name: "t", inputs: [given], outputs: [{ name: "y", value: apply(given) }] }, [map])[0] as Tensor;
}

const floats = (entries: Record<number, number>): Map<bigint, Tensor> =>
  new Map(Object.entries(entries).map(([key, value]) => [BigInt(key), scalar("f32", value)]));

describe("castMap", () => {
  const cast = (to: "f32" | "i64" | "string", entries: Record<number, number>, size?: number) =>
    run((map) => castMap(map, size === undefined ? { to } : { to, size }), mapType("i64", "f32"), floats(entries));

  it("puts values in the order of their keys", () => {
    expect(cast("f32", { 2: 1.5, 0: -3, 1: 4 })).toMatchObject({ shape: [1, 3], data: new Float32Array([-3, 4, 1.5]) });
    expect(cast("string", { 2: 1.5, 0: -3.7 }).data).toEqual(["-3.700000", "1.500000"]);
  });

  it("puts values at their keys", () => {
    expect(cast("i64", { 2: 1.5, 0: -3.7 }, 4).data).toEqual(new BigInt64Array([-3n, 0n, 1n, 0n]));
    expect(cast("f32", { 7: 1.5, 0: -3 }, 4).data).toEqual(new Float32Array([-3, 0, 0, 0]));
  });

  it("reads numbers from text, and says where there is none", () => {
    const read = (text: string) =>
      run((map) => castMap(map, { to: "f32" }), mapType("i64", "string"), new Map([[1n, scalar("string", text)]]));
    expect(read("-2.5").data).toEqual(new Float32Array([-2.5]));
    expect(() => read("two")).toThrow(UsageError);
    expect(() => read("two")).toThrow('"two"');
  });
});

describe("dictVectorize", () => {
  it("looks keys up, with 0 for those that are missing", () => {
    const row = run(
      (map) => dictVectorize(map, { keys: [1n, 5n, 7n], dtype: "f32" }),
      mapType("i64", "f32"),
      floats({ 7: 1.5, 1: -3 }),
    );
    expect(row).toMatchObject({ dtype: "f32", shape: [1, 3], data: new Float32Array([-3, 0, 1.5]) });
    const texts = new Map([["b", scalar("string", "x")]]);
    const words = run(
      (map) => dictVectorize(map, { keys: ["a", "b"], dtype: "string" }),
      mapType("string", "string"),
      texts,
    );
    expect(words.data).toEqual(["", "x"]);
  });

  it("refuses what is no map of that dtype", () => {
    expect(() => dictVectorize(input("m", mapType("i64", "f64")), { keys: [1n], dtype: "f32" })).toThrow(
      "map must be a map to f32, got map(i64, f64[])",
    );
  });
});

describe("zipMap", () => {
  it("has a map type, and a key for each column", () => {
    const x = constantOf("f32", [2, 2], [1, 2, 3, 4]);
    expect(formatType(zipMap(x, { keys: ["a", "b"] }).type)).toBe("sequence(map(string, f32[]))");
    expect(() => zipMap(x, { keys: ["a"] })).toThrow(ShapeError);
  });
});
