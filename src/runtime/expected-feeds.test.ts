import { describe, expect, it } from "vitest";
import type { Type } from "../graph/type.ts";
import { tensorType } from "../graph/type.ts";
import { symbol, unknownDim } from "../tensor/dim.ts";
import { fromBigints, fromNumbers } from "../tensor/numbers.ts";
import { bindInputs } from "./bind-inputs.ts";
import { expectedFeeds, matchFeeds } from "./expected-feeds.ts";
import type { Feed } from "./feed.ts";

const types: Readonly<Record<string, Type>> = {
  x: tensorType("f32", [symbol("N"), 2]),
  h: tensorType("f16", [3]),
  q: tensorType("u4", [symbol("M")]),
  z: tensorType("c64", [unknownDim]),
  any: tensorType("i32", undefined),
  rate: tensorType("i64", []),
};
const ports = Object.entries(types).map(([name, type], value) => ({ name, type, value }));
const feeds: Readonly<Record<string, Feed>> = {
  x: fromNumbers("f32", [2, 2], [1, 2, 3, 4]),
  h: fromNumbers("f16", [3], [1, 2, 3]),
  q: fromNumbers("u4", [3], [1, 2, 3]),
  z: { dtype: "c64", shape: [2], data: Float32Array.of(1, 2, 3, 4) },
  any: fromNumbers("i32", [2, 3], [1, 2, 3, 4, 5, 6]),
  rate: fromBigints("i64", [], [16000n]),
};
const { data } = bindInputs(ports, feeds);
const expected = expectedFeeds(ports, data) as NonNullable<ReturnType<typeof expectedFeeds>>;

describe("matchFeeds takes what reading gives the same data for", () => {
  it.each<[string, Feed]>([
    ["x", fromNumbers("f32", [2, 2], [5, 6, 7, 8])],
    ["x", Float32Array.of(5, 6, 7, 8)],
    ["h", Uint16Array.of(0x3c00, 0, 0x3c00)],
    ["z", Float32Array.of(4, 3, 2, 1)],
    ["rate", 8000],
    ["rate", 8000n],
    ["rate", BigInt64Array.of(8000n)],
  ])("%s: %o", (name, feed) => {
    const changed = { ...feeds, [name]: feed };
    expect(matchFeeds(expected, changed)).toEqual(bindInputs(ports, changed).data);
  });
});

describe("matchFeeds leaves to the reader", () => {
  it.each<[string, unknown]>([
    ["x", fromNumbers("f32", [1, 4], [1, 2, 3, 4])],
    ["x", fromNumbers("f32", [3, 2], [1, 2, 3, 4, 5, 6])],
    ["x", { dtype: "f32", shape: [2, 2], data: [1, 2, 3, 4] }],
    ["x", { dtype: "f32", shape: "22", data: Float32Array.of(1, 2, 3, 4) }],
    ["x", { dtype: "f32", shape: [2, 2], data: Int32Array.of(1, 2, 3, 4) }],
    ["x", { dtype: "i32", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }],
    ["x", { dtype: "f32", shape: [2, 2], data: { constructor: Float32Array, length: 4 } }],
    ["x", Float64Array.of(1, 2, 3, 4)],
    ["x", Float32Array.of(1, 2, 3, 4, 5, 6)],
    ["x", new DataView(new ArrayBuffer(16))],
    ["x", 1],
    ["x", null],
    ["x", undefined],
    ["q", Uint8Array.of(1, 2)],
    ["any", Int32Array.of(1, 2, 3, 4, 5, 6)],
    ["other", 1],
  ])("%s: %o", (name, feed) => {
    expect(matchFeeds(expected, { ...feeds, [name]: feed as Feed })).toBeUndefined();
  });

  it("feeds that are no object, and those with one missing", () => {
    const { rate: _rate, ...missing } = feeds;
    expect(matchFeeds(expected, missing)).toBeUndefined();
    expect(matchFeeds(expected, null as never)).toBeUndefined();
    expect(matchFeeds(expected, 5 as never)).toBeUndefined();
  });
});

it("expects nothing of inputs whose data are not taken as they are", () => {
  const one = (type: Type) => [{ name: "b", type, value: 0 }];
  expect(expectedFeeds(one(tensorType("bool", [1])), [fromNumbers("bool", [1], [1])])).toBeUndefined();
  expect(expectedFeeds(one({ kind: "sequence", item: tensorType("f32", [1]) }), [[]])).toBeUndefined();
  expect(expectedFeeds(one(tensorType("string", [1])), [{ dtype: "string", shape: [1], data: ["a"] }])).toBeUndefined();
});
