import { describe, expect, test } from "vitest";
import { dtypeNames } from "../../tensor/dtype.ts";
import { dataTypeToDType, dtypeToDataType, onnxDTypes } from "./onnx-dtypes.ts";
import { messages } from "./schema.ts";
import { testJson } from "./testdata/read.ts";

/** The descriptors of the onnx Python package. */
const official = testJson<{
  messages: Record<string, Record<string, [number, string]>>;
  data_types: Record<string, number>;
}>("schema.json");

/** Fields of messages in the table that the reader skips on purpose. */
const skipped = [
  "AttributeProto.doc_string",
  "FunctionProto.doc_string",
  "GraphProto.doc_string",
  "GraphProto.quantization_annotation",
  "ModelProto.configuration",
  "ModelProto.training_info",
  "NodeProto.device_configurations",
  "NodeProto.doc_string",
  "TensorProto.doc_string",
  "ValueInfoProto.doc_string",
];

describe("the schema table", () => {
  const rows = Object.entries(messages).flatMap(([message, fields]) =>
    Object.entries<readonly [number, string]>(fields).map(([field, row]) => [`${message}.${field}`, row] as const),
  );

  test.each(rows)("%s is as in onnx.proto", (path, [number, kind]) => {
    const dot = path.lastIndexOf(".");
    const [officialNumber, officialKind] = official.messages[path.slice(0, dot)]![path.slice(dot + 1)]!;
    expect([number, kind.replace("int53", "int64").replace("data", "bytes")]).toEqual([officialNumber, officialKind]);
  });

  test("has every field but those that are skipped on purpose", () => {
    const known = new Set<string>(rows.map(([path]) => path));
    const missing = Object.keys(messages).flatMap((message) =>
      Object.keys(official.messages[message]!)
        .map((field) => `${message}.${field}`)
        .filter((path) => !known.has(path)),
    );
    expect(missing.sort()).toEqual(skipped);
  });
});

describe("the dtype table", () => {
  test("has the codes and names of TensorProto.DataType, but for 6-bit floats", () => {
    const { UNDEFINED, FLOAT6E2M3, FLOAT6E3M2, ...rest } = official.data_types;
    expect([UNDEFINED, FLOAT6E2M3, FLOAT6E3M2]).toEqual([0, 27, 28]);
    expect(Object.fromEntries(Object.values(onnxDTypes).map(({ name, code }) => [name, code]))).toEqual(rest);
  });

  test("goes both ways", () => {
    for (const dtype of dtypeNames) expect(dataTypeToDType(dtypeToDataType(dtype))).toBe(dtype);
    for (const code of [0, -1, 27, 28, 1000]) expect(dataTypeToDType(code)).toBeUndefined();
  });
});
