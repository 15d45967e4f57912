import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runCli } from "../../src/cli/testdata/run-cli.ts";
import type { Feed, LoadOptions } from "../../src/index.ts";
import { load } from "../../src/index.ts";
import type { ErrorCode } from "../../src/tensor/errors.ts";
import { goodModel } from "./bad-files.ts";

const f32 = (...shape: number[]): Feed => ({
  dtype: "f32",
  shape,
  data: new Float32Array(shape.reduce((product, dim) => product * dim, 1)),
});

interface BadRun {
  readonly what: string;
  readonly model: string;
  readonly feeds: Readonly<Record<string, Feed>>;
  readonly code: ErrorCode;
  /** What was expected, what came, what to do. */
  readonly says: readonly RegExp[];
  readonly limits?: LoadOptions["limits"];
}

const badRuns: readonly BadRun[] = [
  {
    what: "an input that is missing",
    model: "product",
    feeds: { a: f32(2, 3) },
    code: "USAGE",
    says: [/"b" \(f32\[T,M\]\) is missing/, /a: f32\[N,T\], b: f32\[T,M\]/],
  },
  {
    what: "an input of a name that is near",
    model: "conv-net",
    feeds: { Picture: f32(1, 3, 8, 8) },
    code: "USAGE",
    says: [/no input "Picture"/, /did you mean "picture"\?/],
  },
  {
    what: "an input of another dtype",
    model: "conv-net",
    feeds: { picture: { dtype: "u8", shape: [1, 3, 8, 8], data: new Uint8Array(192) } },
    code: "USAGE",
    says: [/f32\[N,3,8,8\], got u8\[1,3,8,8\]/, /convert the data to f32/],
  },
  {
    what: "an array of another dtype",
    model: "conv-net",
    feeds: { picture: new Float64Array(192) },
    code: "USAGE",
    says: [/f32\[N,3,8,8\]: expected Float32Array .* got Float64Array of length 192/],
  },
  {
    what: "an input of another rank",
    model: "conv-net",
    feeds: { picture: f32(3, 8, 8) },
    code: "SHAPE",
    says: [/f32\[N,3,8,8\], got f32\[3,8,8\]/, /expected rank 4, got 3/],
  },
  {
    what: "an input of another size",
    model: "conv-net",
    feeds: { picture: f32(1, 3, 8, 9) },
    code: "SHAPE",
    says: [/f32\[N,3,8,8\], got f32\[1,3,8,9\]/, /dim 3 must be 8, got 9/],
  },
  {
    what: "inputs that disagree on a symbolic dim",
    model: "product",
    feeds: { a: f32(2, 3), b: f32(4, 5) },
    code: "SHAPE",
    says: [/"b" is f32\[T,M\], got f32\[4,5\]/, /dim 0 must be T = 3, got 4/, /\(N=2, T=3/],
  },
  {
    what: "too few elements for the shape",
    model: "conv-net",
    feeds: { picture: { dtype: "f32", shape: [1, 3, 8, 8], data: new Float32Array(10) } },
    code: "SHAPE",
    says: [/\[1,3,8,8\], which needs 192 entries of data, but it has 10/],
  },
  {
    what: "a length that fills no shape",
    model: "conv-net",
    feeds: { picture: new Float32Array(100) },
    code: "SHAPE",
    says: [/f32\[N,3,8,8\]: 100 elements do not fill that shape/],
  },
  {
    what: "an array where two dims are open",
    model: "product",
    feeds: { a: new Float32Array(6), b: f32(3, 1) },
    code: "SHAPE",
    says: [/"a" is f32\[N,T\]/, /N and T are open/, /shape: \[/],
  },
  {
    what: "an index that is out of range",
    model: "transformer",
    feeds: { ids: { dtype: "i64", shape: [1, 2], data: BigInt64Array.of(3n, 400n) } },
    code: "SHAPE",
    says: [/gather "x0"/, /index 400 is out of range/, /11 entries/, /ids i64\[1,2\]/],
  },
  {
    what: "more memory than allowed",
    model: "conv-net",
    feeds: { picture: f32(1, 3, 8, 8) },
    limits: { maxArenaBytes: 1000 },
    code: "LIMIT",
    says: [/maxArenaBytes = 1000/, /raise that limit/],
  },
  {
    what: "more time than allowed",
    model: "control",
    feeds: { x: f32(1, 3), steps: 1_000_000n, up: { dtype: "bool", shape: [], data: Uint8Array.of(1) } },
    limits: { timeoutMs: 20 },
    code: "LIMIT",
    says: [/timeoutMs = 20/, /raise that limit/],
  },
];

it.each(badRuns)("$what is an error of lanewise", async ({ model: name, feeds, code, says, limits }) => {
  using model = await load(goodModel(name), { limits });
  const error = await model.run(feeds).then(
    () => undefined,
    (thrown: Error & { code: ErrorCode }) => thrown,
  );
  expect(error?.code).toBe(code);
  for (const pattern of says) expect(error?.message).toMatch(pattern);
  expect(error?.message).toMatch(/^[^\n]+[.)]$/);
});

it("a model runs on after each kind of bad input", async () => {
  using model = await load(goodModel("product"));
  for (const feeds of [{}, { a: f32(2, 3), b: f32(4, 5) }, { a: f32(2), b: f32(2) }]) {
    await expect(model.run(feeds)).rejects.toThrow(/Input|input/);
  }
  const { c } = await model.run({ a: f32(2, 3), b: f32(3, 4) });
  expect(c).toMatchObject({ dtype: "f32", shape: [2, 4] });
});

describe("on the command line", () => {
  const folder = mkdtempSync(join(tmpdir(), "lanewise-feeds-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const header = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
  writeFileSync(join(folder, "text.png"), "this is no picture");
  writeFileSync(join(folder, "cut.png"), Uint8Array.from([...header, 0, 0, 0, 13]));
  writeFileSync(join(folder, "cut.jpg"), Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16));
  writeFileSync(join(folder, "text.npy"), "this is no array");

  it.each<[what: string, input: string, exitCode: number, says: RegExp]>([
    ["a picture that is none", `picture=@${folder}/text.png`, 1, /neither a PNG nor a JPEG/],
    ["a picture cut short", `picture=@${folder}/cut.png`, 1, /cut\.png/],
    ["a JPEG cut short", `picture=@${folder}/cut.jpg`, 1, /cut\.jpg/],
    ["a picture that is not there", `picture=@${folder}/nowhere.png`, 1, /no such file; check the path/],
    ["a folder for a picture", `picture=@${folder}`, 1, /it is a folder; name a file/],
    ["an array that is none", `picture=${folder}/text.npy`, 1, /text\.npy/],
    ["another rank", "picture=3,8,8", 1, /f32\[N,3,8,8\], got f32\[3,8,8\]/],
    ["another size", "picture=1,3,8,9", 1, /dim 3 must be 8, got 9/],
    ["another dtype", "picture=f64[1]:1", 2, /f32\[N,3,8,8\], got f64\[1\]/],
    ["another name", "pictures=1,3,8,8", 2, /Did you mean "picture"\?/],
  ])("%s: one line, and the exit code", async (_what, input, expected, says) => {
    const before = readdirSync(folder);
    const args = ["run", goodModel("conv-net"), "--input", input, "--output", join(folder, "out")];
    const { exitCode, stdout, stderr } = await runCli(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: expected, stdout: "" });
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
    expect(stderr).toMatch(says);
    expect(readdirSync(folder), "what is left behind").toEqual(before);
  });
});
