// What a run gets for data that does not hold what its shape or the model says, or for asking for more than the caller allows.
import { expect, it } from "vitest";
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
    what: "an array of another dtype",
    model: "conv-net",
    feeds: { picture: new Float64Array(192) },
    code: "USAGE",
    says: [/f32\[N,3,8,8\]: expected Float32Array .* got Float64Array of length 192/],
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
