import { describe, expect, test } from "vitest";
import type { DType } from "./dtype.ts";
import { dtypeNames, dtypes } from "./dtype.ts";
import { FormatError, LanewiseError, LimitError, UnsupportedError } from "./errors.ts";
import { readNpy, writeNpy } from "./npy.ts";
import { writeNpyHeader } from "./npy-header.ts";
import { readNpz, writeNpz } from "./npz.ts";
import { fromNumbers, numbers } from "./numbers.ts";
import { randomTensor } from "./random.ts";
import type { Tensor } from "./tensor.ts";
import { readTestdata } from "./testdata/read-testdata.ts";

const arrays = readNpz(readTestdata("arrays.npz"));
const counts = [0, 1, 2, 3, 4, 5];

describe("arrays that numpy wrote", () => {
  test.each<[string, DType]>([
    ["<f2", "f16"],
    ["<f4", "f32"],
    ["<f8", "f64"],
    ["|i1", "i8"],
    ["<i2", "i16"],
    ["<i4", "i32"],
    ["<i8", "i64"],
    ["|u1", "u8"],
    ["<u2", "u16"],
    ["<u4", "u32"],
    ["<u8", "u64"],
    [">f2", "f16"],
    [">f4", "f32"],
    [">f8", "f64"],
    [">i2", "i16"],
    [">i4", "i32"],
    [">i8", "i64"],
    [">u8", "u64"],
  ])("%s is %s", (name, dtype) => {
    const offset = name[1] === "u" ? 0 : 2;
    const expected = counts.map((n) => n - offset);
    const t = arrays.get(name);
    expect(t).toMatchObject({ dtype, shape: [2, 3] });
    expect([...numbers(t!)]).toEqual(expected);
  });

  test("bool", () => {
    expect(arrays.get("|b1")).toEqual({ dtype: "bool", shape: [2, 3], data: new Uint8Array([0, 1, 0, 1, 0, 1]) });
  });

  test.each([
    ["<c8", "c64", Float32Array],
    [">c8", "c64", Float32Array],
    ["<c16", "c128", Float64Array],
    ["fortran-c8", "c64", Float32Array],
  ] as const)("%s is %s, parts side by side", (name, dtype, array) => {
    const data = array.from(counts.flatMap((n) => [n, n - 3]));
    expect(arrays.get(name)).toEqual({ dtype, shape: [2, 3], data });
  });

  test.each(["U", ">U", "S", "fortran-U"])("strings: %s", (name) => {
    const data = name === "S" ? ["a", "", "grüß", "b", "c", "x y"] : ["a", "", "grüß", "日本", "𝄞", "x y"];
    expect(arrays.get(name)).toEqual({ dtype: "string", shape: [2, 3], data });
  });

  test("Fortran order becomes row-major", () => {
    const data = Float32Array.from({ length: 24 }, (_, i) => i);
    expect(arrays.get("fortran")).toEqual({ dtype: "f32", shape: [2, 3, 4], data });
  });

  test("scalars, empty arrays, special values and the limits of i64", () => {
    expect(arrays.get("scalar")).toEqual({ dtype: "i64", shape: [], data: new BigInt64Array([7n]) });
    expect(arrays.get("empty")).toEqual({ dtype: "f32", shape: [2, 0, 3], data: new Float32Array() });
    expect(arrays.get("special")?.data).toEqual(new Float32Array([Number.NaN, Infinity, -Infinity, -0]));
    expect(arrays.get("i64-limits")?.data).toEqual(new BigInt64Array([-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n]));
  });

  test.each([1, 2, 3])("format version %d", (version) => {
    const t = readNpy(readTestdata(`version-${version}.npy`));
    expect(t).toEqual({ dtype: "f32", shape: [2, 3], data: new Float32Array(counts) });
  });

  test("an uncompressed archive, with its names", () => {
    const stored = readNpz(readTestdata("stored.npz"));
    expect([...stored.keys()]).toEqual(["x", "a/b"]);
    expect([...numbers(stored.get("a/b")!)]).toEqual([-2, -1, 0, 1, 2, 3]);
  });
});

describe("writing", () => {
  test("gives the bytes that numpy writes", () => {
    const file = readTestdata("version-1.npy");
    expect(writeNpy(readNpy(file))).toEqual(file);
  });

  test("reads back, for every dtype that numpy has", () => {
    for (const [name, t] of arrays) expect(readNpy(writeNpy(t)), name).toEqual(t);
  });

  test.each(dtypeNames.filter((dtype) => dtypes[dtype].kind !== "complex" && dtype !== "string"))(
    "%s keeps its values",
    (dtype) => {
      const t = randomTensor(dtype, [3, 5], 1);
      expect([...numbers(readNpy(writeNpy(t)))]).toEqual([...numbers(t)]);
    },
  );

  test.each([
    ["bf16", "f32"],
    ["f8e5m2", "f32"],
    ["f4e2m1", "f32"],
    ["i4", "i8"],
    ["u2", "u8"],
  ] as const)("%s is written as %s", (dtype, wider) => {
    expect(readNpy(writeNpy(randomTensor(dtype, [4], 1))).dtype).toBe(wider);
  });

  test("a subarray of a larger buffer is written alone", () => {
    const data = new Float32Array([9, 1, 2, 9]).subarray(1, 3);
    expect(readNpy(writeNpy({ dtype: "f32", shape: [2], data })).data).toEqual(new Float32Array([1, 2]));
  });

  test("a header beyond 64 KiB takes version 2", () => {
    const header = writeNpyHeader("<f4", new Array(30_000).fill(1));
    expect(header[6]).toBe(2);
    expect(header.length % 64).toBe(0);
  });

  test("an archive reads back, and equal tensors give equal bytes", () => {
    const tensors = new Map<string, Tensor>([
      ["x", fromNumbers("f32", [2], [1, 2])],
      ["deep/name", { dtype: "string", shape: [1], data: ["日本"] }],
    ]);
    const bytes = writeNpz(tensors);
    expect(readNpz(bytes)).toEqual(tensors);
    expect(writeNpz(tensors)).toEqual(bytes);
  });
});

/** The file with a part of its header's text replaced by one of equal length. */
function patched(from: string, to: string): Uint8Array {
  const file = readTestdata("version-1.npy");
  const text = Array.from(file, (byte) => String.fromCharCode(byte)).join("");
  expect(from.length).toBe(to.length);
  expect(text).toContain(from);
  return Uint8Array.from(text.replace(from, to), (character) => character.charCodeAt(0));
}

describe("what is damaged or not supported says so", () => {
  const file = readTestdata("version-1.npy");
  test.each<[string, Uint8Array, new (message: string) => LanewiseError, RegExp]>([
    ["nothing", new Uint8Array(), FormatError, /does not begin/],
    ["another format", new TextEncoder().encode("PK, or some text"), FormatError, /does not begin/],
    ["a header cut off", file.subarray(0, 60), FormatError, /header claims 118 bytes/],
    ["elements cut off", file.subarray(0, 140), FormatError, /takes 24 bytes; the file has 12/],
    ["something appended", new Uint8Array([...file, 0]), FormatError, /takes 24 bytes; the file has 25/],
    ["no dict", patched("{", "["), FormatError, /no Python dict/],
    ["a missing field", patched("'shape'", "'shade'"), FormatError, /needs 'descr'/],
    ["a negative dim", patched("(2, 3)", "(-2,3)"), FormatError, /no tuple of sizes/],
    ["a shape of words", patched("(2, 3)", "(a, b)"), FormatError, /no tuple of sizes/],
    ["too many elements", patched("(2, 3), }    ", "(999999999,)}"), FormatError, /takes 3999999996 bytes/],
    ["an unknown dtype", patched("<f4", "<m8"), UnsupportedError, /'<m8' is not supported/],
    ["a dtype of an odd size", patched("<f4", "<f3"), UnsupportedError, /'<f3' is not supported/],
    ["version 9", file.map((byte, i) => (i === 6 ? 9 : byte)), UnsupportedError, /version 9.0/],
    ["pickled objects", readTestdata("objects.npy"), UnsupportedError, /never read/],
    ["records", readTestdata("records.npy"), UnsupportedError, /records/],
    ["bfloat16 from ml_dtypes", readTestdata("bfloat16.npy"), UnsupportedError, /save them as float32/],
  ])("%s", (_, bytes, kind, message) => {
    expect(() => readNpy(bytes)).toThrow(kind);
    expect(() => readNpy(bytes)).toThrow(message);
  });

  test("a shape whose product overflows", () => {
    const header = writeNpyHeader("<f4", [2 ** 40, 2 ** 40]);
    expect(() => readNpy(header)).toThrow(LimitError);
  });

  test("a character beyond Unicode", () => {
    const bytes = writeNpy({ dtype: "string", shape: [1], data: ["a"] });
    bytes.set([255, 255, 255, 255], bytes.length - 4);
    expect(() => readNpy(bytes)).toThrow(/0xffffffff, beyond Unicode/);
  });

  test("archives", () => {
    const archive = readTestdata("stored.npz");
    expect(() => readNpz(new Uint8Array())).toThrow(FormatError);
    expect(() => readNpz(file)).toThrow(/zip/);
    expect(() => readNpz(archive.subarray(0, 300))).toThrow(FormatError);
    const inner = writeNpz(new Map([["x", fromNumbers("f32", [2], [1, 2])]]));
    inner[40] = 0;
    expect(() => readNpz(inner)).toThrow(/^Array "x" of the .npz file: Not a .npy file/);
  });

  test("any damaged byte gives a typed error or an array", () => {
    const archive = readTestdata("arrays.npz");
    for (let at = 0; at < archive.length; at += 7) {
      const damaged = archive.map((byte, i) => (i === at ? byte ^ 0x55 : byte));
      try {
        expect(readNpz(damaged).size).toBeGreaterThan(0);
      } catch (error) {
        expect(error, `byte ${at}: ${String(error)}`).toBeInstanceOf(LanewiseError);
      }
    }
  });
});
