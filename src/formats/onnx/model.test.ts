import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { describe, expect, test } from "vitest";
import { FormatError, LimitError } from "../../tensor/errors.ts";
import { readModel } from "./model.ts";
import type { MessageName } from "./schema.ts";
import { messages } from "./schema.ts";
import { testBytes, testJson } from "./testdata/read.ts";

type Json = Record<string, unknown>;
type Fields = Record<string, readonly [number, string]>;

const { Varint, LengthDelimited } = WireType;
const camel = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
const ascii = (text: string) => new TextEncoder().encode(text);

/** A decoded message as the protobuf library writes it in JSON: 64-bit integers as text, bytes in base64, blank fields left out. */
function toJson(name: MessageName, message: Json): Json {
  const out: Json = {};
  for (const [field, [, kind]] of Object.entries(messages[name] as Fields)) {
    const value = message[camel(field)];
    const element = kind.replace("repeated ", "");
    if (value === undefined || value === "") continue;
    if (element === kind) out[field] = scalarToJson(element, value);
    else if ((value as []).length > 0) out[field] = Array.from(value as [], (one) => scalarToJson(element, one));
  }
  return out;
}

function scalarToJson(kind: string, value: unknown): unknown {
  if (kind in messages) return toJson(kind as MessageName, value as Json);
  if (/^(int53|u?int64)$/.test(kind)) return String(value);
  return kind === "bytes" || kind === "data" ? Buffer.from(value as Uint8Array).toString("base64") : value;
}

/** The JSON of the onnx package without blank strings and the fields that the reader skips. */
function withoutSkipped(name: MessageName, message: Json): Json {
  const fields = messages[name] as Fields;
  const entries = Object.entries(message).filter(([field, value]) => field in fields && value !== "");
  return Object.fromEntries(
    entries.map(([field, value]) => {
      const kind = fields[field]![1].replace("repeated ", "");
      if (!(kind in messages)) return [field, value];
      const strip = (one: Json) => withoutSkipped(kind as MessageName, one);
      return [field, Array.isArray(value) ? value.map(strip) : strip(value as Json)];
    }),
  );
}

/** A model of one empty graph with whatever else is written. */
function modelBytes(write: (w: BinaryWriter) => unknown, graph = true): Uint8Array {
  const writer = new BinaryWriter();
  write(writer);
  if (graph) writer.tag(7, LengthDelimited).fork().tag(2, LengthDelimited).string("g").join();
  return writer.finish();
}

const opset = (w: BinaryWriter, domain: string, version: number) =>
  w.tag(8, LengthDelimited).fork().tag(1, LengthDelimited).string(domain).tag(2, Varint).int64(version).join();

describe("readModel", () => {
  test("reads every field as the onnx package does", () => {
    const { proto, warnings } = readModel(testBytes("structure.onnx"));
    const expected = testJson<Json>("structure.json");
    expect(toJson("ModelProto", proto as unknown as Json)).toEqual(withoutSkipped("ModelProto", expected));
    expect(warnings).toEqual([]);
  });

  test("keeps nodes in the order of the file", () => {
    const { graph, proto } = readModel(testBytes("structure.onnx"));
    expect(graph.node.map(({ opType }) => opType)).toEqual(["Custom", "Twice", "If"]);
    expect(proto.functions[0]?.node.map(({ opType }) => opType)).toEqual(["Constant", "CastLike", "Mul"]);
  });

  test("collects the opsets, the default domain under its short name", () => {
    expect([...readModel(testBytes("structure.onnx")).opsets]).toEqual([
      ["", 21],
      ["local", 1],
      ["org.example", 7],
    ]);
    const long = readModel(modelBytes((w) => opset(w.tag(1, Varint).int64(8), "ai.onnx", 17)));
    expect([...long.opsets]).toEqual([["", 17]]);
  });

  test("does not copy weights", () => {
    const bytes = testBytes("dtypes-raw.onnx");
    for (const { rawData } of readModel(bytes).graph.initializer)
      expect((rawData as Uint8Array | undefined)?.buffer).toBe(bytes.buffer);
  });
});

describe("readModel warns", () => {
  const cases: [string, (w: BinaryWriter) => unknown, number, [string, number][], RegExp[]][] = [
    [
      "of a newer IR version",
      (w) => opset(w.tag(1, Varint).int64(99), "", 13),
      99,
      [["", 13]],
      [/IR version 99.*3 to 13/],
    ],
    [
      "of an older IR version, where opsets were not named",
      (w) => w.tag(1, Varint).int64(2),
      2,
      [["", 1]],
      [/IR version 2/],
    ],
    ["of no IR version", (w) => opset(w, "", 13), 0, [["", 13]], [/no IR version/]],
    ["of no opset", (w) => w.tag(1, Varint).int64(7), 7, [["", 1]], [/no opset/]],
    [
      "of two versions of a domain",
      (w) => opset(opset(w.tag(1, Varint).int64(7), "", 13), "ai.onnx", 11),
      7,
      [["", 13]],
      [/domain "" at opset 13 and at 11/],
    ],
  ];
  test.each(cases)("%s", (_, write, irVersion, opsets, warnings) => {
    const model = readModel(modelBytes(write));
    expect(model.irVersion).toBe(irVersion);
    expect([...model.opsets]).toEqual(opsets);
    expect(model.warnings).toHaveLength(warnings.length);
    warnings.forEach((pattern, i) => {
      expect(model.warnings[i]).toMatch(pattern);
    });
  });
});

describe("readModel refuses", () => {
  const bytes = (...values: number[]) => Uint8Array.from([...values, ...new Array(32).fill(0)]);
  const tar = new Uint8Array(512);
  tar.set(ascii("model.onnx"));
  tar.set(ascii("ustar"), 257);
  const cases: [string, Uint8Array, RegExp][] = [
    ["an empty file", new Uint8Array(0), /empty \(0 bytes\)/],
    ["a zip archive", bytes(0x50, 0x4b, 3, 4, 20), /zip archive.*unpack it/],
    ["a gzip archive", bytes(0x1f, 0x8b, 8), /gzip archive: unpack it/],
    ["a tar archive", tar, /tar archive/],
    ["a git-lfs pointer", ascii("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n"), /git lfs pull/],
    ["an HTML page", ascii("\n<!DOCTYPE html><html><body>404</body></html>"), /HTML page/],
    ["JSON", ascii('{"error": "not found"}'), /JSON/],
    ["a model as text", ascii('<\n ir_version: 7,\n opset_import: ["" : 10]\n>'), /written as text.*onnx\.parser/],
    ["some text", ascii("Entry not found\n"), /text that begins with "Entry not found"/],
    ["GGUF", bytes(0x47, 0x47, 0x55, 0x46, 3), /GGUF/],
    ["TensorFlow Lite", bytes(0x1c, 0, 0, 0, 0x54, 0x46, 0x4c, 0x33), /TensorFlow Lite.*tf2onnx/],
    ["an ORT-format model", bytes(0x1c, 0, 0, 0, 0x4f, 0x52, 0x54, 0x4d), /ORT-format/],
    ["safetensors", bytes(0x40, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x22), /safetensors/],
    ["a pickle", bytes(0x80, 2, 0x8a, 0x0a), /pickle.*torch\.onnx\.export/],
    ["a picture", bytes(0x89, 0x50, 0x4e, 0x47), /PNG/],
    ["noise", bytes(0xde, 0xad, 0xbe, 0xef), /Cannot read ModelProto at byte/],
    ["zeros", new Uint8Array(64), /Cannot read ModelProto at byte/],
    [
      "a truncated model",
      testBytes("structure.onnx").subarray(0, 900),
      /graph claims \d+ bytes, the file has \d+ left.*cut short/,
    ],
    ["a value of test data", testBytes("datums/optional-tensor.pb"), /Cannot read|not an ONNX model/],
    ["a model without a graph", modelBytes((w) => opset(w.tag(1, Varint).int64(8), "", 17), false), /holds no graph/],
    ["a graph alone, without versions", modelBytes((w) => w), /IR version is 0/],
    ["a negative IR version", modelBytes((w) => opset(w.tag(1, Varint).int64(-1), "", 17)), /IR version is -1/],
    ["opset 0", modelBytes((w) => opset(w.tag(1, Varint).int64(8), "", 0)), /opset 0 of domain ""/],
  ];
  test.each(cases)("%s", (_, file, message) => {
    expect(() => readModel(file)).toThrow(FormatError);
    expect(() => readModel(file)).toThrow(message);
  });

  test("files and graphs beyond the limits", () => {
    const file = testBytes("structure.onnx");
    expect(() => readModel(file, { limits: { maxBytes: 100 } })).toThrow(LimitError);
    expect(() => readModel(file, { limits: { maxBytes: 100 } })).toThrow(/limits\.maxBytes = 100/);
    expect(() => readModel(file, { limits: { maxNodes: 3 } })).toThrow(/limits\.maxNodes/);
  });
});
