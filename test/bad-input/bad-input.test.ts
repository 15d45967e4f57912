// What bad model files get, through the API and on the command line: an error of a known code that names the file, node or tensor,
// what was expected, what came, and what to do next.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { externalModel, rejection, small, smallBytes } from "../../src/api/testdata/models.ts";
import type { TestModel, TestNode } from "../../src/api/testdata/onnx-model.ts";
import { onnxModel } from "../../src/api/testdata/onnx-model.ts";
import { runCli } from "../../src/cli/testdata/run-cli.ts";
import { FormatError, LanewiseError, load, UnsupportedError } from "../../src/index.ts";
import type { Parts } from "./message-parts.ts";
import { expectParts, failure } from "./message-parts.ts";

const root = mkdtempSync(join(tmpdir(), "lanewise-bad-input-"));
/** Where models lie; what is beside it in `root` is none of their business. */
const folder = join(root, "models");
const secret = join(root, "secret.bin");
/** Named by --output in every command; a failed run makes no such folder. */
const results = join(root, "results");

beforeAll(() => {
  mkdirSync(join(folder, "weights"), { recursive: true });
  writeFileSync(secret, new Uint8Array(64));
  symlinkSync(secret, join(folder, "weights", "link.bin"));
  symlinkSync(root, join(folder, "weights", "up"));
  writeFileSync(join(folder, "weights", "six.bin"), new Uint8Array(6));
});
afterAll(() => rmSync(root, { recursive: true }));

type Kind = typeof FormatError | typeof UnsupportedError;
type BadFile = readonly [what: string, content: () => Uint8Array | string, kind: Kind, parts: Parts];

const model = (nodes: readonly TestNode[], more: Partial<TestModel> = {}) => onnxModel({ ...small, ...more, nodes });
const relu = (more: Partial<TestNode> = {}): TestNode => ({
  op: "Relu",
  name: "/relu",
  inputs: ["x"],
  outputs: ["y"],
  ...more,
});

const foreign: readonly BadFile[] = [
  [
    "an empty file",
    () => "",
    FormatError,
    { names: "bad.onnx", expected: "model file", came: "empty (0 bytes)", next: "Download or export it again" },
  ],
  [
    "a truncated model",
    () => smallBytes().subarray(0, 60),
    FormatError,
    { names: "bad.onnx", expected: "graph claims", came: "the file has", next: "cut short" },
  ],
  [
    "a model that ends before its graph",
    () => smallBytes().subarray(0, 2),
    FormatError,
    { names: "bad.onnx", expected: "a whole model", came: "it holds no graph", next: "Load the .onnx file" },
  ],
  [
    "noise",
    () => Uint8Array.from({ length: 100 }, (_unused, i) => (i * 77) % 256),
    FormatError,
    { names: "bad.onnx", expected: "ModelProto", came: "illegal tag", next: "export or download it again" },
  ],
  [
    "text",
    () => "hello there, no model is here",
    FormatError,
    { names: "bad.onnx", expected: "a binary .onnx file", came: '"hello there, no model', next: "is needed" },
  ],
  [
    "a page",
    () => "<!DOCTYPE html>\n<html><title>404</title></html>",
    FormatError,
    { names: "bad.onnx", expected: "not an ONNX model", came: "HTML page", next: "get the raw file" },
  ],
  [
    "JSON",
    () => '{"nodes": []}',
    FormatError,
    { names: "bad.onnx", expected: "not an ONNX model", came: "JSON", next: "a binary .onnx file is needed" },
  ],
  [
    "a zip file",
    () => zipSync({ "model.onnx": smallBytes() }),
    FormatError,
    { names: "bad.onnx", expected: "not an ONNX model", came: "zip archive", next: "unpack it and load the .onnx" },
  ],
];

/** A model whose bias of 8 bytes lies elsewhere. */
const external = (location: string, offset = "0", length = "8") =>
  onnxModel({
    ...externalModel,
    initializers: {
      bias: {
        type: "f32[2]",
        data_location: 1,
        external_data: Object.entries({ location, offset, length }).map(([key, value]) => ({ key, value })),
      },
    },
  });

const stays = "Only files in the folder of the model, or below it, are read";
const elsewhere: readonly BadFile[] = [
  [
    "external data above its folder",
    () => external("../secret.bin"),
    FormatError,
    { names: '"bias"', expected: stays, came: '"../secret.bin"', next: "save the model again with relative locations" },
  ],
  [
    "external data above its folder, by a way through it",
    () => external("weights/../../secret.bin"),
    FormatError,
    { names: '"bias"', expected: stays, came: '"weights/../../secret.bin"', next: "save the model again" },
  ],
  [
    "external data at an absolute path",
    () => external(secret),
    FormatError,
    { names: '"bias"', expected: stays, came: "an absolute path", next: "save the model again" },
  ],
  [
    "external data at a URL",
    () => external("file:///etc/passwd"),
    FormatError,
    { names: '"bias"', expected: stays, came: "a URL scheme", next: "save the model again" },
  ],
  [
    "external data behind a link",
    () => external("weights/link.bin"),
    FormatError,
    { names: "bad.onnx", expected: "the folder of the model", came: "is a link to", next: "Put the file itself there" },
  ],
  [
    "external data in a folder behind a link",
    () => external("weights/up/secret.bin"),
    FormatError,
    { names: "bad.onnx", expected: "the folder of the model", came: "is a link to", next: "Put the file itself there" },
  ],
  [
    "external data in a folder's place",
    () => external("weights"),
    FormatError,
    { names: '"weights"', expected: "regular file", came: "is not a", next: "Put the file itself there" },
  ],
  [
    "external data that is missing",
    () => external("gone.bin"),
    FormatError,
    { names: '"gone.bin"', expected: "keep it beside the model", came: "is missing", next: "Download it too" },
  ],
  [
    "a length past the end of the file",
    () => external("weights/six.bin"),
    FormatError,
    { names: '"weights/six.bin"', expected: "bytes 0 to 8", came: "has only 6", next: "download or export both again" },
  ],
  [
    "an offset past the end of the file",
    () => external("weights/six.bin", "9007199254740983"),
    FormatError,
    {
      names: '"weights/six.bin"',
      expected: "bytes 9007199254740983 to",
      came: "has only 6",
      next: "export both again",
    },
  ],
  [
    "a length that the tensor does not have",
    () => external("weights/six.bin", "0", "800"),
    FormatError,
    { names: '"bias" f32[2]', expected: "needs 8 bytes", came: "800 are named", next: "Export the model again" },
  ],
  [
    "a negative offset",
    () => external("weights/six.bin", "-1"),
    FormatError,
    { names: '"bias"', expected: "an integer from 0 to 2^53", came: '"-1"', next: "Export the model again" },
  ],
];

const meaningless: readonly BadFile[] = [
  [
    "unknown operators, all at once",
    () =>
      model([
        { op: "Frobnicate", inputs: ["x"], outputs: ["a"] },
        { op: "Frobnicate", inputs: ["a"], outputs: ["b"] },
        relu({ inputs: ["b"], outputs: ["c"] }),
        { op: "Twist", domain: "ex.ample", inputs: ["c"], outputs: ["y"] },
      ]),
    UnsupportedError,
    {
      names: "bad.onnx",
      expected: "2 operators without a mapping",
      came: "Frobnicate (2 nodes), ex.ample.Twist (1 node)",
      next: "Add each with registerOp(domain, name, ...), or export the model without it",
    },
  ],
  [
    "operators younger than the opset",
    () =>
      model(
        [
          { op: "GroupNormalization", inputs: ["x", "bias", "bias"], outputs: ["a"] },
          { op: "Attention", inputs: ["a", "a", "a"], outputs: ["y"] },
        ],
        { opsets: { "": 17 } },
      ),
    UnsupportedError,
    {
      names: "GroupNormalization at opset 17",
      expected: "it exists from opset 18",
      came: "Attention at opset 17 (it exists from opset 23) (1 node)",
      next: "export the model without it",
    },
  ],
  [
    "an opset newer than those known",
    () => model([relu()], { opsets: { "": 99 } }),
    UnsupportedError,
    {
      names: "bad.onnx",
      expected: "opsets 1 to 28 are known",
      came: "opset 99 of ai.onnx",
      next: "Export it for opset 28",
    },
  ],
  [
    "an opset of ai.onnx.ml newer than those known",
    () => model([relu()], { opsets: { "": 21, "ai.onnx.ml": 6 } }),
    UnsupportedError,
    {
      names: "bad.onnx",
      expected: "opsets 1 to 5 are known",
      came: "opset 6 of ai.onnx.ml",
      next: "Export it for opset 5",
    },
  ],
  [
    "an opset of no such number",
    () => model([relu()], { opsets: { "": 0 } }),
    FormatError,
    { names: "bad.onnx", expected: "begin at 1", came: "opset 0", next: "Export the model again" },
  ],
  [
    "an unknown attribute",
    () => model([relu({ op: "LeakyRelu", attributes: { alpha: 0.5, alfa: 1 } })]),
    FormatError,
    {
      names: 'LeakyRelu "/relu"',
      expected: "it has: alpha",
      came: 'no attribute "alfa"',
      next: "Export the model again",
    },
  ],
  [
    "an attribute of another kind",
    () => model([relu({ op: "LeakyRelu", attributes: { alpha: "half" } })]),
    FormatError,
    {
      names: 'LeakyRelu "/relu"',
      expected: 'attribute "alpha" must be a float',
      came: "but is a string",
      next: "Export the model again",
    },
  ],
  [
    "a list for an attribute that is one number",
    () => model([relu({ op: "LeakyRelu", attributes: { alpha: [1, 2] } })]),
    FormatError,
    { names: '"/relu"', expected: "must be a float", came: "but is a list of floats", next: "Export the model again" },
  ],
  [
    "a number for an attribute that is a list",
    () => model([relu({ op: "Transpose", attributes: { perm: 1n } })]),
    FormatError,
    {
      names: '"/relu"',
      expected: "must be a list of integers",
      came: "but is an integer",
      next: "Export the model again",
    },
  ],
  [
    "a cyclic graph",
    () =>
      model([
        { op: "Add", name: "/add", inputs: ["x", "b"], outputs: ["a"] },
        relu({ inputs: ["a"], outputs: ["b"] }),
        { op: "Neg", name: "/apart", inputs: ["x"], outputs: ["y"] },
      ]),
    FormatError,
    {
      names: "the graph has a cycle",
      expected: "these nodes wait for each other's results",
      came: ': Add "/add", Relu "/relu".',
      next: "Export the model again",
    },
  ],
  [
    "a node that waits for itself",
    () => model([relu({ inputs: ["y"] })]),
    FormatError,
    { names: 'Relu "/relu"', expected: "the graph has a cycle", came: "wait for", next: "Export the model again" },
  ],
];

describe.each([...foreign, ...elsewhere, ...meaningless])("a model file: %s", (_what, content, kind, parts) => {
  const path = join(folder, "bad.onnx");
  beforeAll(() => writeFileSync(path, content()));

  it("rejects load", async () => {
    const error = await rejection(load(path));
    expect(error).toBeInstanceOf(kind);
    expect(error).toBeInstanceOf(LanewiseError);
    expect(error.code).toBe(kind === FormatError ? "FORMAT" : "UNSUPPORTED");
    expect(error.message.startsWith(`${path}: `)).toBe(true);
    expectParts(error.message, parts);
  });

  it("fails a command with exit code 1", async () => {
    const message = await failure(root, 1, "run", path, "--output", results);
    expectParts(message, parts);
    expect(await failure(root, 1, "dump", path, "--json")).toBe(message);
  });
});

it("inspect lists the operators of an unknown opset instead of refusing the file", async () => {
  const path = join(folder, "future.onnx");
  writeFileSync(path, model([relu()], { opsets: { "": 99 } }));
  const { exitCode, stdout } = await runCli(["inspect", path, "--json"]);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    opsets: { "": 99 },
    unsupported: [{ reason: "Relu at opset 99 (opsets 1 to 28 are known)", count: 1 }],
  });
  rmSync(path);
});

describe("no model file", () => {
  it.each([
    [
      "a missing file",
      () => join(folder, "nowhere.onnx"),
      { names: "nowhere.onnx", expected: "cannot be read", came: "there is no such file", next: "check the path" },
    ],
    [
      "a file below a file",
      () => join(secret, "model.onnx"),
      { names: "secret.bin/model.onnx", expected: "cannot be read", came: "ENOTDIR", next: "check" },
    ],
    [
      "a folder",
      () => folder,
      { names: "models", expected: "expected an .onnx file", came: "is a folder", next: "Name the file in it" },
    ],
  ])("%s", async (_what, path, parts) => {
    const error = await rejection(load(path()));
    expect(error).toBeInstanceOf(FormatError);
    expectParts(error.message, parts);
    expectParts(await failure(root, 1, "run", path(), "--output", results), parts);
    expectParts(await failure(root, 1, "inspect", path()), parts);
  });

  it("external data from memory ends too early", async () => {
    const error = await rejection(load(external("bias.bin"), { externalData: { "bias.bin": new Uint8Array(6) } }));
    expect(error).toBeInstanceOf(FormatError);
    expectParts(error.message, {
      names: '"bias.bin"',
      expected: "bytes 0 to 8",
      came: "has only 6",
      next: "download or export both again",
    });
  });
});

it("DEBUG, and only that, shows the stack", async () => {
  const { exitCode, stderr } = await runCli(["run", join(folder, "nowhere.onnx")], { DEBUG: "1" });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^error: [^\n]+nowhere\.onnx[^\n]+\n.*\n\s+at /);
});
