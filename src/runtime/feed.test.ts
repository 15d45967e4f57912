import { describe, expect, it } from "vitest";
import type { Type } from "../graph/type.ts";
import { optionalType, sequenceType, tensorType } from "../graph/type.ts";
import { symbol } from "../tensor/dim.ts";
import type { LanewiseError } from "../tensor/errors.ts";
import { ShapeError, UsageError } from "../tensor/errors.ts";
import { fromNumbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { tensor } from "../tensor/tensor.ts";
import type { Feed } from "./feed.ts";
import { readFeed } from "./feed.ts";

const [N, T] = [symbol("N"), symbol("T")];
const f32 = tensorType("f32", [2, 3]);
const i64 = tensorType("i64", [N]);
const read = (type: Type, feed: unknown) => readFeed("x", type, feed as Feed) as Tensor;
const six = [1, 2, 3, 4, 5, 6];

describe("readFeed accepts", () => {
  it("a tensor of the declared dtype, its storage shared", () => {
    const given = fromNumbers("f32", [2, 3], six);
    expect(read(f32, given)).toEqual(given);
    expect(read(f32, given).data).toBe(given.data);
  });

  it("a tensor whose data is a list, nested or not", () => {
    expect(read(f32, { dtype: "f32", shape: [2, 3], data: six }).data).toEqual(Float32Array.from(six));
    expect(read(i64, { dtype: "i64", shape: [2], data: [1, 2n] }).data).toEqual(BigInt64Array.of(1n, 2n));
    expect(read(tensorType("c64", [1]), { dtype: "c64", shape: [1], data: [1, -1] }).data).toEqual(
      Float32Array.of(1, -1),
    );
    expect(read(tensorType("u4", [3]), { dtype: "u4", shape: [3], data: [1, 2, 3] }).data).toEqual(
      Uint8Array.of(0x21, 3),
    );
  });

  it("typed arrays, which take the declared shape with one open dim derived", () => {
    expect(read(f32, Float32Array.from(six)).shape).toEqual([2, 3]);
    expect(read(tensorType("f32", [N, 3]), Float32Array.from(six)).shape).toEqual([2, 3]);
    expect(read(tensorType("f32", [0, N]), new Float32Array(0)).shape).toEqual([0, 0]);
    expect(read(i64, BigInt64Array.of(5n)).shape).toEqual([1]);
    expect(read(tensorType("u8", [N]), new Uint8ClampedArray(4)).shape).toEqual([4]);
    expect(read(tensorType("u8", [N]), Buffer.from([1, 2])).shape).toEqual([2]);
  });

  it("bytes of packed types, whose last byte may be half full", () => {
    expect(read(tensorType("i4", [3]), Uint8Array.of(0x21, 0x03))).toEqual(
      tensor("i4", [3], Uint8Array.of(0x21, 0x03)),
    );
    expect(read(tensorType("i4", [N]), Uint8Array.of(0x21, 0x03)).shape).toEqual([4]);
    expect(() => read(tensorType("i4", [5]), Uint8Array.of(0x21, 0x03))).toThrow(ShapeError);
  });

  it("f16 as raw bits, as numbers, and as a Float16Array", () => {
    const half = tensorType("f16", [N]);
    expect(read(half, Uint16Array.of(0x3c00)).data).toEqual(Uint16Array.of(0x3c00));
    expect(read(half, [1, -2]).data).toEqual(Uint16Array.of(0x3c00, 0xc000));
    const lookalike = Object.defineProperty(Uint16Array.of(0x3c00), Symbol.toStringTag, { value: "Float16Array" });
    expect(read(half, lookalike).data).toEqual(Uint16Array.of(0x3c00));
  });

  it("lists and single elements of every kind", () => {
    expect(
      read(f32, [
        [1, 2, 3],
        [4, 5, 6],
      ]).data,
    ).toEqual(Float32Array.from(six));
    expect(read(i64, [1, 2n, true]).data).toEqual(BigInt64Array.of(1n, 2n, 1n));
    expect(read(tensorType("i64", []), 7)).toEqual(tensor("i64", [], BigInt64Array.of(7n)));
    expect(read(tensorType("f32", [1, N]), 0.5)).toEqual(tensor("f32", [1, 1], Float32Array.of(0.5)));
    expect(read(tensorType("bool", [N]), [true, 0, 3]).data).toEqual(Uint8Array.of(1, 0, 1));
    expect(read(tensorType("string", [N]), ["a", "b"]).data).toEqual(["a", "b"]);
    expect(read(tensorType("string", []), "word").data).toEqual(["word"]);
    expect(read(tensorType("u64", []), 2n ** 64n - 1n).data).toEqual(BigUint64Array.of(2n ** 64n - 1n));
  });

  it("lists within lists, whose shape they have, where the declared one is open", () => {
    const open = tensorType("f32", [N, T]);
    expect(read(open, [six.slice(0, 3), six.slice(3)])).toEqual(fromNumbers("f32", [2, 3], six));
    expect(read(tensorType("f32", undefined), [[[1], [2]]])).toEqual(fromNumbers("f32", [1, 2, 1], [1, 2]));
    expect(read(open, [[], []]).shape).toEqual([2, 0]);
  });

  it("booleans as bytes, any that is not zero counting as true", () => {
    expect(read(tensorType("bool", [3]), Uint8Array.of(0, 1, 255)).data).toEqual(Uint8Array.of(0, 1, 1));
  });

  it("sequences, optionals and maps", () => {
    expect(read(sequenceType(tensorType("f32", [N])), [[1, 2], Float32Array.of(3)])).toEqual([
      fromNumbers("f32", [2], [1, 2]),
      fromNumbers("f32", [1], [3]),
    ]);
    expect(read(optionalType(f32), null)).toBeNull();
    expect(read(optionalType(tensorType("f32", [])), 2).data).toEqual(Float32Array.of(2));
    const map = new Map([["a", fromNumbers("f32", [], [1])]]);
    expect(read({ kind: "map", key: "string", value: tensorType("f32", []) }, map)).toBe(map);
  });
});

describe("readFeed refuses", () => {
  type ErrorClass = new (message: string) => LanewiseError;
  const open = tensorType("f32", [N, T]);
  const faults: readonly (readonly [what: string, type: Type, feed: unknown, error: ErrorClass, message: string])[] = [
    [
      "a tensor of another dtype",
      f32,
      fromNumbers("i32", [2, 3], six),
      UsageError,
      'Input "x" is f32[2,3], got i32[2,3]: convert the data to f32.',
    ],
    [
      "an unknown dtype",
      f32,
      { dtype: "float32", shape: [2, 3], data: six },
      UsageError,
      '"float32" is no dtype; the dtypes are f32, f64,',
    ],
    [
      "a shape that is no list",
      f32,
      { dtype: "f32", shape: 6, data: six },
      ShapeError,
      "has the shape the number 6; it must be a list",
    ],
    [
      "a negative dim",
      f32,
      { dtype: "f32", shape: [-2, -3], data: six },
      ShapeError,
      "has the shape [-2,-3]; it must be a list of whole numbers",
    ],
    ["a fractional dim", f32, { dtype: "f32", shape: [1.5, 4], data: six }, ShapeError, "has the shape [1.5,4]"],
    [
      "data of another class",
      f32,
      { dtype: "f32", shape: [2, 3], data: new Float64Array(6) },
      UsageError,
      "its data must be Float32Array or an array of numbers, got Float64Array of length 6",
    ],
    ["no data", f32, { dtype: "f32", shape: [2, 3], data: undefined }, UsageError, "got undefined"],
    [
      "too little data",
      f32,
      { dtype: "f32", shape: [2, 3], data: new Float32Array(5) },
      ShapeError,
      "has the shape [2,3], which needs 6 entries of data, but it has 5",
    ],
    [
      "a short list of packed elements",
      tensorType("i4", [4]),
      { dtype: "i4", shape: [4], data: [1, 2, 3] },
      ShapeError,
      "needs 4 entries of data, but it has 3",
    ],
    [
      "lists of several lengths",
      f32,
      [
        [1, 2, 3],
        [4, 5],
      ],
      ShapeError,
      'Input "x" is no regular array: 1 levels down there is a list of 3, and there is a list of 2 too.',
    ],
    [
      "lists and elements side by side",
      f32,
      [[1, 2, 3], 4],
      ShapeError,
      "1 levels down there is a list of 3, and there is a single element too",
    ],
    [
      "a typed array of another kind",
      f32,
      new Float64Array(6),
      UsageError,
      'Input "x" is f32[2,3]: expected Float32Array or an array of numbers, got Float64Array of length 6.',
    ],
    [
      "a typed array for 64-bit integers",
      i64,
      new Int32Array(2),
      UsageError,
      "expected BigInt64Array or an array of numbers, got Int32Array",
    ],
    [
      "a typed array for strings",
      tensorType("string", [N]),
      new Uint8Array(2),
      UsageError,
      "expected an array of strings, got Uint8Array of length 2",
    ],
    ["a DataView", f32, new DataView(new ArrayBuffer(24)), UsageError, "got DataView"],
    ["too few elements", f32, [1, 2, 3], ShapeError, 'Input "x" is f32[2,3]: 3 elements do not fill that shape.'],
    [
      "elements that no open dim explains",
      tensorType("f32", [N, 4]),
      six,
      ShapeError,
      "6 elements do not fill that shape",
    ],
    ["elements for an empty shape", tensorType("f32", [0, N]), six, ShapeError, "6 elements do not fill that shape"],
    [
      "an array for two open dims",
      open,
      six,
      ShapeError,
      'Input "x" is f32[N,T]: N and T are open, so an array alone does not tell the shape. Pass { dtype: "f32", shape: [...], data }.',
    ],
    ["an array for an unknown rank", tensorType("f32", undefined), six, ShapeError, "its rank is not declared"],
    [
      "a fraction for an integer",
      i64,
      [1, 1.5],
      UsageError,
      'Input "x" is i64: element 1 must be a whole number from -9223372036854775808 to 9223372036854775807, got the number 1.5.',
    ],
    [
      "a fraction in a tensor's list",
      i64,
      { dtype: "i64", shape: [1], data: [1.5] },
      UsageError,
      "element 0 must be a whole number",
    ],
    ["NaN for an integer", tensorType("i32", [N]), [Number.NaN], UsageError, "got the number NaN"],
    [
      "an integer that does not fit",
      tensorType("u8", [N]),
      [0, 256],
      UsageError,
      "element 1 must be a whole number from 0 to 255, got the number 256",
    ],
    ["a bigint that does not fit", i64, [2n ** 63n], UsageError, "got the bigint 9223372036854775808"],
    ["a string for a number", f32, [1, 2, "3", 4, 5, 6], UsageError, 'element 2 must be a number, got the string "3"'],
    [
      "a number for a string",
      tensorType("string", [N]),
      ["a", 1],
      UsageError,
      "element 1 must be a string, got the number 1",
    ],
    [
      "an object",
      f32,
      { dims: [2, 3], data: six },
      UsageError,
      "expected a tensor { dtype, shape, data }, a typed array, an array or a number, got Object",
    ],
    ["null where the input is not optional", f32, null, UsageError, "got null"],
    ["no list for a sequence", sequenceType(f32), 3, UsageError, "expected a list of its items, got the number 3"],
    ["a wrong item of a sequence", sequenceType(f32), [new Float64Array(6)], UsageError, 'Input "x[0]" is f32[2,3]'],
    [
      "no map for a map",
      { kind: "map", key: "i64", value: f32 },
      {},
      UsageError,
      "is map(i64, f32[2,3]): expected a value of that type, got Object",
    ],
  ];
  it.each(faults)("%s", (_what, type, feed, error, message) => {
    expect(() => read(type, feed)).toThrow(error);
    expect(() => read(type, feed)).toThrow(message);
  });
});
