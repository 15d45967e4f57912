import { describe, expect, test } from "vitest";
import { FormatError, LimitError, UnsupportedError } from "../../tensor/errors.ts";
import { readModel } from "./model.ts";
import { dtypeToDataType } from "./onnx-dtypes.ts";
import type { TensorProto } from "./schema.ts";
import { decodeTensor, tensorHeader } from "./tensor.ts";
import type { ExpectedTensor } from "./testdata/read.ts";
import { elementBits, testBytes, testJson } from "./testdata/read.ts";
import { decode } from "./wire.ts";

const blank = decode(new Uint8Array(0), "TensorProto");
const proto = (fields: Partial<TensorProto>): TensorProto => ({ ...blank, name: "w", ...fields });
const float = 1;

describe.each(["dtypes-raw", "dtypes-typed"])("decodeTensor, %s", (file) => {
  const { initializer } = readModel(testBytes(`${file}.onnx`)).graph;
  const expected = testJson<ExpectedTensor[]>(`${file}.json`);

  test("finds as many tensors as the onnx package wrote", () => {
    expect(initializer.map(({ name }) => name)).toEqual(expected.map(({ name }) => name));
  });

  test.each(expected.map((one, i) => [one.name, one, i] as const))("%s", (_, { code, shape, bits }, i) => {
    const tensor = decodeTensor(initializer[i] as TensorProto);
    expect(dtypeToDataType(tensor.dtype)).toBe(code);
    expect(tensor.shape).toEqual(shape);
    expect(elementBits(tensor)).toEqual(bits);
  });
});

describe("decodeTensor", () => {
  const bytes = new Uint8Array(new Float32Array([1, 2, 3]).buffer);

  test("views aligned raw data and copies one tensor where it is not aligned", () => {
    const file = new Uint8Array(32);
    for (const offset of [0, 1, 2, 4]) {
      file.set(bytes, offset);
      const { data } = decodeTensor(proto({ dataType: float, dims: [3], rawData: file.subarray(offset, offset + 12) }));
      expect(data).toEqual(new Float32Array([1, 2, 3]));
      expect((data as Float32Array).buffer === file.buffer).toBe(offset % 4 === 0);
    }
  });

  test("copies no more than the tensor when the file is a Buffer out of a pool", () => {
    const pool = Buffer.alloc(64);
    pool.set(bytes, 1);
    const { data } = decodeTensor(proto({ dataType: float, dims: [3], rawData: pool.subarray(1, 13) }));
    expect(data).toEqual(new Float32Array([1, 2, 3]));
    expect((data as Float32Array).buffer.byteLength).toBe(12);
  });

  test("turns any bool byte but 0 into 1, without writing to the file", () => {
    const rawData = Uint8Array.of(0, 1, 2, 255);
    expect(decodeTensor(proto({ dataType: 9, dims: [4], rawData })).data).toEqual(Uint8Array.of(0, 1, 1, 1));
    expect(rawData).toEqual(Uint8Array.of(0, 1, 2, 255));
    const typed = proto({ dataType: 9, dims: [3], int32Data: Int32Array.of(0, -1, 256) });
    expect(decodeTensor(typed).data).toEqual(Uint8Array.of(0, 1, 1));
  });

  test("takes external bytes by tensor", () => {
    const external = proto({ dataType: float, dims: [3], dataLocation: 1 });
    expect(decodeTensor(external, new Map([[external, bytes]])).data).toEqual(new Float32Array([1, 2, 3]));
    expect(() => decodeTensor(external)).toThrow(
      /"w" f32\[3\] lies in the external file "", which has not been loaded/,
    );
  });

  test("accepts an empty raw_data beside typed data, as some writers leave it", () => {
    const both = proto({ dataType: float, dims: [1], rawData: new Uint8Array(0), floatData: Float32Array.of(2) });
    expect(decodeTensor(both).data).toEqual(Float32Array.of(2));
  });

  test("accepts zero dims beside large ones", () => {
    const empty = proto({ dataType: float, dims: [2 ** 20, 0, 3] });
    expect(decodeTensor(empty)).toEqual({ dtype: "f32", shape: [2 ** 20, 0, 3], data: new Float32Array(0) });
  });

  const floats = (length: number) => ({ dataType: float, floatData: new Float32Array(length) });
  const huge = 2 ** 52;
  const cases: [string, Partial<TensorProto>, new (message: string) => Error, RegExp][] = [
    ["no data type", { dims: [1] }, FormatError, /Tensor "w" has the data type 0/],
    ["an unknown data type", { dataType: 99 }, FormatError, /data type 99; .*1 \(FLOAT\) to 26 \(INT2\)/],
    ["a 6-bit float", { dataType: 27 }, UnsupportedError, /FLOAT6E2M3/],
    ["a segment", { dataType: float, segment: { begin: 0, end: 1 } }, UnsupportedError, /segment/],
    [
      "a negative dim",
      { ...floats(2), dims: [-1, 2] },
      FormatError,
      /"w" has the shape \[-1,2\]; dims must be 0 or more/,
    ],
    ["a product beyond 2^53", { ...floats(2), dims: [huge, 4] }, FormatError, /more than 2\^53 elements/],
    [
      "a product beyond 2^53 around a zero",
      { ...floats(0), dims: [huge, 0, huge] },
      FormatError,
      /more than 2\^53 elements/,
    ],
    [
      "too many dims",
      { ...floats(1), dims: new Array(65).fill(1) },
      LimitError,
      /65 dims, more than limits\.maxRank = 64/,
    ],
    [
      "too few raw bytes",
      { dataType: float, dims: [2, 3], rawData: new Uint8Array(20) },
      FormatError,
      /Tensor "w" f32\[2,3\] needs 24 bytes, but its data has 20/,
    ],
    [
      "raw bytes for a giant shape",
      { dataType: float, dims: [2 ** 40], rawData: bytes },
      FormatError,
      /needs 4398046511104 bytes, but its data has 12/,
    ],
    [
      "too many typed entries",
      { ...floats(3), dims: [2] },
      FormatError,
      /needs 2 entries of float_data or 8 bytes of raw_data, but float_data has 3/,
    ],
    [
      "typed entries in another field",
      { dataType: 7, dims: [2], int32Data: new Int32Array(2) },
      FormatError,
      /2 entries of int64_data .* int64_data has 0 and other fields have 2/,
    ],
    [
      "one entry an element of a packed type",
      { dataType: 22, dims: [4], int32Data: new Int32Array(4) },
      FormatError,
      /"w" i4\[4\] needs 2 entries of int32_data/,
    ],
    ["no data at all", { dataType: float, dims: [] }, FormatError, /saved without its weights/],
    ["raw and typed data", { ...floats(3), dims: [3], rawData: bytes }, FormatError, /both raw and typed data/],
    ["raw strings", { dataType: 8, dims: [3], rawData: bytes }, FormatError, /strings as raw bytes/],
    [
      "too few strings",
      { dataType: 8, dims: [2], stringData: [bytes] },
      FormatError,
      /needs 2 entries of string_data, but it has 1/,
    ],
    [
      "strings that are not UTF-8",
      { dataType: 8, dims: [1], stringData: [Uint8Array.of(0xff)] },
      FormatError,
      /"w" string\[1\], element 0.*UTF-8/,
    ],
    [
      "external bytes of another length",
      { dataType: float, dims: [4], dataLocation: 1 },
      FormatError,
      /needs 16 bytes, but its data has 12/,
    ],
  ];
  test.each(cases)("refuses %s", (_, fields, kind, message) => {
    const tensor = proto(fields);
    const read = () => decodeTensor(tensor, new Map([[tensor, bytes]]));
    expect(read).toThrow(kind);
    expect(read).toThrow(message);
  });
});

test("tensorHeader reads sizes without data", () => {
  const header = tensorHeader(proto({ dataType: 22, dims: [3, 3], name: "" }));
  expect(header).toEqual({ label: "(unnamed)", dtype: "i4", shape: [3, 3], count: 9, bytes: 5 });
});
