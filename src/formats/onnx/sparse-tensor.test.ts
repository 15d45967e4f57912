import { describe, expect, test } from "vitest";
import { FormatError, LimitError } from "../../tensor/errors.ts";
import { readModel } from "./model.ts";
import { dtypeToDataType } from "./onnx-dtypes.ts";
import type { SparseTensorProto, TensorProto } from "./schema.ts";
import { decodeSparseTensor } from "./sparse-tensor.ts";
import type { ExpectedTensor } from "./testdata/read.ts";
import { elementBits, testBytes, testJson } from "./testdata/read.ts";
import { decode } from "./wire.ts";

const blank = decode(new Uint8Array(0), "TensorProto");
const values = (...floats: number[]): TensorProto => ({
  ...blank,
  name: "s",
  dataType: 1,
  dims: [floats.length],
  floatData: Float32Array.from(floats),
});
const indices = (dims: number[], ...integers: number[]): TensorProto => ({
  ...blank,
  dataType: 7,
  dims,
  int64Data: BigInt64Array.from(integers, BigInt),
});

describe("decodeSparseTensor", () => {
  const { sparseInitializer } = readModel(testBytes("sparse.onnx")).graph;
  const expected = testJson<ExpectedTensor[]>("sparse.json");

  test.each(expected.map((one, i) => [one.name, one, i] as const))("writes out %s", (_, { code, shape, bits }, i) => {
    const tensor = decodeSparseTensor(sparseInitializer[i] as SparseTensorProto);
    expect(dtypeToDataType(tensor.dtype)).toBe(code);
    expect(tensor.shape).toEqual(shape);
    expect(elementBits(tensor)).toEqual(bits);
  });

  test("writes out strings", () => {
    const stringData = ["a", "b"].map((text) => new TextEncoder().encode(text));
    const strings = { ...blank, dataType: 8, dims: [2], stringData };
    const { data } = decodeSparseTensor({ values: strings, indices: indices([2], 0, 2), dims: [3] });
    expect(data).toEqual(["a", "", "b"]);
  });

  const cases: [string, Partial<SparseTensorProto>, RegExp][] = [
    ["no values", { indices: indices([0]), dims: [2] }, /has no values/],
    ["no indices", { values: values(1), dims: [2] }, /"s" has no indices/],
    [
      "fewer indices than values",
      { values: values(1, 2), indices: indices([1], 0), dims: [4] },
      /values \[2\] and indices i64\[1\]/,
    ],
    [
      "coordinates of another rank",
      { values: values(1), indices: indices([1, 3], 0, 0, 0), dims: [2, 2] },
      /indices i64\[1,3\]; expected .* i64\[1,2\]|i64\[n,2\]/,
    ],
    [
      "an index past the end",
      { values: values(1), indices: indices([1], 4), dims: [2, 2] },
      /index 0 is 4 on axis 0, expected 0 to 3/,
    ],
    [
      "a coordinate past its axis",
      { values: values(1), indices: indices([1, 2], 0, 2), dims: [2, 2] },
      /index 0 is 2 on axis 1, expected 0 to 1/,
    ],
    ["a negative index", { values: values(1), indices: indices([1], -1), dims: [2, 2] }, /index 0 is -1/],
    [
      "an index given twice",
      { values: values(1, 2), indices: indices([2], 3, 3), dims: [2, 2] },
      /index 1 is not above/,
    ],
    ["a negative dim", { values: values(1), indices: indices([1], 0), dims: [-2] }, /dims must be 0 or more/],
  ];
  test.each(cases)("refuses %s", (_, fields, message) => {
    const read = () => decodeSparseTensor({ values: undefined, indices: undefined, dims: [], ...fields });
    expect(read).toThrow(FormatError);
    expect(read).toThrow(message);
  });

  test("refuses a dense form beyond the limit before it allocates", () => {
    const giant = { values: values(1), indices: indices([1], 0), dims: [2 ** 25, 2 ** 25] };
    expect(() => decodeSparseTensor(giant)).toThrow(LimitError);
    expect(() => decodeSparseTensor(giant)).toThrow(/takes 4503599627370496 bytes .*limits\.maxDenseBytes/);
  });
});
