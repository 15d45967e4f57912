// What bad inputs of a run get, through the API and on the command line: an error of a known code that names the input or picture,
// what was expected, what came, and what to do next. Pictures for examples/ocr are in examples/ocr/ocr.test.js.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode } from "fast-png";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rejection } from "../../src/api/testdata/models.ts";
import { onnxModel } from "../../src/api/testdata/onnx-model.ts";
import { runCli } from "../../src/cli/testdata/run-cli.ts";
import type { Feed, Model } from "../../src/index.ts";
import { load, ShapeError, UsageError } from "../../src/index.ts";
import type { Parts } from "./message-parts.ts";
import { expectParts, failure } from "./message-parts.ts";

const root = mkdtempSync(join(tmpdir(), "lanewise-bad-run-"));
/** Named by --output in every command; a failed run makes no such folder. */
const results = join(root, "results");
afterAll(() => rmSync(root, { recursive: true }));

const f32 = (...shape: readonly number[]): Feed => ({
  dtype: "f32",
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
});

/** Two inputs that share a symbol. */
const shared = (): Uint8Array =>
  onnxModel({
    inputs: { tokens: "f32[N,4]", mask: "f32[N,T]" },
    nodes: [
      { op: "Neg", inputs: ["tokens"], outputs: ["y"] },
      { op: "Neg", inputs: ["mask"], outputs: ["z"] },
    ],
    outputs: ["y", "z"],
  });

type BadFeeds = readonly [
  what: string,
  feeds: Readonly<Record<string, Feed>>,
  kind: typeof ShapeError | typeof UsageError,
  parts: Parts,
  /** The same on the command line, where inputs that are not given are made. */
  args: readonly string[] | undefined,
];

const feedsFaults: readonly BadFeeds[] = [
  [
    "an input that is missing",
    { tokens: f32(2, 4) },
    UsageError,
    {
      names: '"mask"',
      expected: "(f32[N,T])",
      came: "is missing",
      next: "Pass every input of the model: tokens: f32[N,4], mask: f32[N,T]",
    },
    undefined,
  ],
  [
    "a wrong name",
    { token: f32(2, 4), mask: f32(2, 3) },
    UsageError,
    {
      names: '"token"',
      expected: "tokens: f32[N,4], mask: f32[N,T]",
      came: "has no input",
      next: 'id you mean "tokens"?',
    },
    ["token=2,4"],
  ],
  [
    "a wrong dtype",
    { tokens: { dtype: "i32", shape: [1, 4], data: Int32Array.of(1, 2, 3, 4) }, mask: f32(1, 3) },
    UsageError,
    { names: '"tokens"', expected: "is f32[N,4]", came: "got i32[1,4]", next: "convert the data to f32" },
    ["tokens=i32[1,4]:1,2,3,4"],
  ],
  [
    "a wrong rank",
    { tokens: f32(2, 4, 1), mask: f32(2, 3) },
    ShapeError,
    {
      names: '"tokens"',
      expected: "is f32[N,4]",
      came: "got f32[2,4,1]: expected rank 2, got 3",
      next: "Reshape the data",
    },
    ["tokens=2,4,1"],
  ],
  [
    "a wrong dim",
    { tokens: f32(2, 5), mask: f32(2, 3) },
    ShapeError,
    {
      names: '"tokens"',
      expected: "is f32[N,4]",
      came: "got f32[2,5]: dim 1 must be 4, got 5 (N=2)",
      next: "Pass data of that size",
    },
    ["tokens=2,5"],
  ],
  [
    "two sizes for one symbol",
    { tokens: f32(2, 4), mask: f32(3, 5) },
    ShapeError,
    {
      names: '"mask"',
      expected: "is f32[N,T]",
      came: "got f32[3,5]: dim 0 must be N = 2, got 3 (N=2)",
      next: "Pass inputs that agree on N",
    },
    ["tokens=2,4", "mask=3,5"],
  ],
];

describe.each(feedsFaults)("the inputs of a run: %s", (_what, feeds, kind, parts, args) => {
  it("rejects run and throws from runSync", async () => {
    const loaded: Model = await load(shared());
    const error = await rejection(loaded.run(feeds));
    expect(error).toBeInstanceOf(kind);
    expect(error.code).toBe(kind === ShapeError ? "SHAPE" : "USAGE");
    expectParts(error.message, parts);
    expect(() => loaded.runSync(feeds)).toThrow(error.message);
    const { y } = await loaded.run({ tokens: f32(2, 4), mask: f32(2, 3) });
    expect(y?.shape).toEqual([2, 4]);
  });

  it.skipIf(args === undefined)("fails a command", async () => {
    const path = join(root, "shared.onnx");
    writeFileSync(path, shared());
    const given = (args ?? []).flatMap((text) => ["--input", text]);
    const message = await failure(root, kind === ShapeError ? 1 : 2, "run", path, ...given, "--output", results);
    expectParts(message, parts);
    rmSync(path);
  });
});

describe("a picture for an input", () => {
  const path = join(root, "picture.onnx");
  const picture = join(root, "picture.png");
  const whole = () => encode({ width: 8, height: 8, channels: 3, data: new Uint8Array(192).fill(99) });
  beforeAll(() =>
    writeFileSync(
      path,
      onnxModel({
        inputs: { image: "f32[1,3,8,8]" },
        nodes: [{ op: "Relu", inputs: ["image"], outputs: ["y"] }],
        outputs: ["y"],
      }),
    ),
  );

  it("that is one runs", async () => {
    writeFileSync(picture, whole());
    expect((await runCli(["run", path, "--input", `image=@${picture}`])).exitCode).toBe(0);
  });

  it.each<[what: string, content: Uint8Array | string, parts: Parts]>([
    [
      "text",
      "no picture",
      {
        names: "picture.png",
        expected: "neither a PNG nor a JPEG",
        came: "it begins with the bytes 6e 6f 20 70",
        next: "Convert it to one of these",
      },
    ],
    [
      "an empty file",
      "",
      { names: "picture.png", expected: "neither a PNG nor a JPEG", came: "it is empty", next: "Convert it" },
    ],
    [
      "half a PNG",
      whole().slice(0, 50),
      { names: "picture.png", expected: "PNG", came: "is a damaged", next: "Save it again" },
    ],
    [
      "the head of a JPEG",
      Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 4),
      { names: "picture.png", expected: "JPEG", came: "is a damaged", next: "Save it again" },
    ],
  ])("that is %s is refused", async (_what, content, parts) => {
    writeFileSync(picture, content);
    const message = await failure(root, 1, "run", path, "--input", `image=@${picture}`, "--output", results);
    expectParts(message, parts);
  });

  it("that is missing, or a folder, is refused", async () => {
    const refused = (file: string) => failure(root, 1, "run", path, "--input", `image=@${file}`);
    expect(await refused(join(root, "gone.png"))).toMatch(/"image" .*gone\.png.*there is no such file; check the path/);
    expect(await refused(root)).toMatch(/"image" .*it is a folder; name a file/);
  });
});
