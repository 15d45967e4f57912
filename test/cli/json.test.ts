import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { chooseTarget, kernelTargets } from "../../src/api/target.ts";
import { runCli, testPath } from "../../src/cli/testdata/run-cli.ts";

const ajv = new Ajv({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true });
/** What a model runs on when nothing is asked for. */
const { target } = chooseTarget({});
const validators = new Map<string, ReturnType<Ajv["compile"]>>();

function expectSchema(name: string, document: unknown): void {
  const path = `${import.meta.dirname}/schemas/${name}.json`;
  const validate = validators.get(name) ?? ajv.compile(JSON.parse(readFileSync(path, "utf8")));
  validators.set(name, validate);
  validate(document);
  expect(validate.errors ?? [], JSON.stringify(document)).toEqual([]);
}

/** The documents that a command prints with --json; standard error has to stay empty. */
async function documents(args: readonly string[], exitCode = 0): Promise<readonly Record<string, unknown>[]> {
  const result = await runCli([...args, "--json"]);
  expect(result).toMatchObject({ exitCode, stderr: "" });
  expect(result.stdout).toMatch(/\n$/);
  return result.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

async function documentOf(...args: readonly string[]): Promise<Record<string, unknown>> {
  const found = await documents(args);
  expect(found).toHaveLength(1);
  return found[0] as Record<string, unknown>;
}

const [model, kinds] = [testPath("model.onnx"), testPath("kinds.onnx")];

test.each([model, kinds])("run", async (path) => {
  expectSchema("run", await documentOf("run", path));
});

test("run gives the same bytes whenever the seed is the same", async () => {
  const hashes = async (...args: string[]) => {
    const { outputs } = await documentOf("run", model, "--dim", "batch=3", ...args);
    return (outputs as { sha256: string }[]).map(({ sha256 }) => sha256);
  };
  const first = await hashes();
  expect(await hashes("--seed", "0")).toEqual(first);
  expect((await hashes("--seed", "1"))[0]).not.toBe(first[0]);
});

test("bench", async () => {
  const document = await documentOf("bench", model, "--runs", "4");
  expectSchema("bench", document);
  const { runs, minMs, medianMs, p95Ms, peakBytes } = document as Record<string, number>;
  expect(runs).toBe(4);
  expect([minMs, medianMs, p95Ms]).toEqual([minMs, medianMs, p95Ms].sort((a, b) => Number(a) - Number(b)));
  expect(peakBytes).toBeGreaterThan(10_000_000);
});

test.each(["import", "declutter", "fuse", "plan", "ir", "asm"])("dump --stage %s", async (stage) => {
  for (const path of [model, kinds]) {
    const document = await documentOf("dump", path, "--stage", stage, "--explain", "--target", "x64-avx2");
    expectSchema("dump", document);
    expect(document["stage"]).toBe(stage);
  }
});

test("dump lists the operators and the firings that made them", async () => {
  const names = async (stage: string) => {
    const document = await documentOf("dump", model, "--stage", stage);
    return (document["nodes"] as { op: string }[]).map(({ op }) => op);
  };
  expect(await names("import")).toEqual(["matmul", "add", "sigmoid", "mul", "softmax", "argMax"]);
  const fused = await documentOf("dump", model);
  expect(fused["rules"]).toContainEqual({ rule: "form-silu", at: "/act/Mul" });
  expect((await documentOf("dump", model, "--stage", "import"))["rules"]).toEqual([]);
});

test("dump says what runs each step of a plan, for targets that may not run here", async () => {
  for (const target of ["wasm-simd128", "arm64-neon", "arm64-sve2"]) {
    const { nodes } = await documentOf("dump", model, "--stage", "plan", "--dim", "batch=2", "--target", target);
    expect((nodes as { kernel: string }[]).at(1)).toMatchObject({
      ...{ op: "softmax", kernel: "softmax", reasons: [] },
      outputs: [{ dtype: "f32", shape: [2, 3] }],
    });
  }
  const { nodes } = await documentOf("dump", model, "--stage", "plan", "--target", "eval");
  expect(nodes).toEqual(
    expect.arrayContaining([expect.objectContaining({ kernel: "eval", reasons: ["the target is eval"] })]),
  );
});

test("dump lists each kernel of a plan once", async () => {
  const { nodes } = await documentOf("dump", model, "--stage", "ir", "--target", "wasm-simd128");
  const kernels = nodes as { op: string; attributes: { key: string; text: string } }[];
  expect(new Set(kernels.map(({ attributes }) => attributes.key)).size).toBe(kernels.length);
  expect(kernels.find(({ op }) => op === "softmax")?.attributes.text).toMatch(/^kernel softmax\(x: i32, /);
});

test("emit gives the code of a kernel for any target", async () => {
  for (const [target, format, text] of [
    ["x64-avx512", "asm", /vfmadd231ps zmm/],
    ["arm64-sve2", "asm", /whilelt/],
    ["wasm-relaxed", "wat", /f32x4\.relaxed_madd/],
    ["wasm-simd128", "hex", /^0061736d01000000/],
    ["x64-avx2", "hex", /^[0-9a-f\n]+$/],
    ["interpreter", "ir", /^kernel rms-norm\(/],
  ] as const) {
    const document = await documentOf("emit", "rms-norm", "--target", target, "--format", format);
    expectSchema("emit", document);
    expect(document).toMatchObject({ kernel: "rms-norm", target, format });
    expect(document["text"]).toMatch(text);
  }
  const bytesOf = async (...args: string[]) =>
    (await documentOf("emit", "softmax", "--target", "x64-avx2", ...args))["bytes"];
  expect(await bytesOf("--set", "n=4096")).toBe(await bytesOf());
  expect(await bytesOf("--set", "dtype=bf16")).not.toBe(await bytesOf());
});

test("bench-kernel times a kernel on every target that runs here", async () => {
  const document = await documentOf("bench-kernel", "rms-norm", "--sizes", "64,100", "--ms", "1");
  expectSchema("bench-kernel", document);
  const results = document["results"] as { target: string; size: number }[];
  const targets = kernelTargets().filter(({ isFast }) => isFast);
  expect(results.map((result) => [result.target, result.size])).toEqual(
    targets.flatMap(({ name }) => [64, 100].map((size) => [name, size])),
  );
  for (const { ratioToScalar, nsPerRow, scalarNsPerRow } of document["results"] as Record<string, number>[])
    expect(ratioToScalar).toBeCloseTo((scalarNsPerRow as number) / (nsPerRow as number), 9);
});

test("compare", async () => {
  const equal = await documentOf("compare", model);
  expectSchema("compare", equal);
  expect(equal).toMatchObject({ a: target, b: "eval, not fused", ok: true });
  const same = await documentOf("compare", model, "--targets", "eval,eval");
  expect(same).toMatchObject({ a: "eval", b: "eval", ok: true });
  const inside = await documentOf("compare", model, "--targets", "wasm-simd128,eval", "--no-fuse");
  expect(inside).toMatchObject({ a: "wasm-simd128, not fused", b: "eval, not fused", ok: true, values: 6 + 2 });
  expect(await documentOf("compare", model, "--targets", "wasm-simd128,eval")).toMatchObject({ values: 3 + 2 });
  const [different] = await documents(["compare", model, "--rtol", "0", "--atol", "0", "--dim", "batch=50"], 1);
  expectSchema("compare", different);
  expect(different).toMatchObject({ ok: false, firstDifference: { origin: expect.stringMatching(/^\//) } });
});

test("profile", async () => {
  for (const path of [model, kinds]) {
    const document = await documentOf("profile", path, "--runs", "2");
    expectSchema("profile", document);
    const { steps, totalMs } = document as { steps: { ms: number; share: number }[]; totalMs: number };
    expect(steps.reduce((sum, { ms }) => sum + ms, 0)).toBeCloseTo(totalMs, 9);
    expect(steps.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
  }
});

test("verify: a line a case, and the counts", async () => {
  const lines = await documents(["verify", testPath("case"), testPath("cases")], 1);
  for (const line of lines.slice(0, -1)) expectSchema("verify-case", line);
  expectSchema("verify-summary", lines.at(-1));
  expect(lines.at(-1)).toEqual({ cases: 9, passed: 3, failed: 5, skipped: 1 });
  expect(lines.slice(0, -1).map((line) => [line["case"], line["ok"]])).toEqual([
    ["case", true],
    ["below", true],
    ["damaged", false],
    ["no-data", false],
    ["no-model", false],
    ["noise", true],
    ["wrong/dtype", false],
    ["wrong/shape", false],
    ["wrong/value", false],
  ]);
});

test.each(["model.onnx", "kinds.onnx", "unsupported.onnx"])("inspect %s", async (name) => {
  expectSchema("inspect", await documentOf("inspect", testPath(name)));
});

test("inspect reads no weights, and lists what is unsupported", async () => {
  expect(await documentOf("inspect", testPath("unsupported.onnx"))).toMatchObject({
    operators: expect.arrayContaining([
      { domain: "ex.ample", op: "Frobnicate", version: 1, count: 2, target: null },
      { domain: "", op: "Relu", version: 20, count: 1, target: "eval" },
      { domain: "", op: "Add", version: 20, count: 1, target },
    ]),
    sizes: [{ dtype: "f32", tensors: 1, elements: 3, bytes: 12 }],
    externalFiles: [{ location: "weights/far.bin", tensors: 1, bytes: 12 }],
    unsupported: [{ reason: "ex.ample.Frobnicate", count: 2 }],
  });
});

test("inspect tells what runs each operator, bodies included", async () => {
  const placesOf = async (path: string) => {
    const { operators } = await documentOf("inspect", path, "--target", "wasm-simd128");
    return new Map((operators as { op: string; target: string }[]).map(({ op, target: place }) => [op, place]));
  };
  const places = await placesOf(model);
  expect([places.get("MatMul"), places.get("Softmax")]).toEqual(["wasm-simd128", "wasm-simd128"]);
  const loops = await placesOf(`${import.meta.dirname}/../testdata/control.onnx`);
  expect([loops.get("Loop"), loops.get("If"), loops.get("Mul"), loops.get("Max")]).toEqual(Array(4).fill("eval"));
  expect(loops.get("Constant")).toBe("wasm-simd128");
  const sequences = await placesOf(kinds);
  expect([sequences.get("SplitToSequence"), sequences.get("Identity")]).toEqual(["eval", "wasm-simd128"]);
});

test("info", async () => {
  const document = await documentOf("info");
  expectSchema("info", document);
  const { version } = JSON.parse(readFileSync(`${import.meta.dirname}/../../package.json`, "utf8"));
  expect(document).toMatchObject({ version, os: process.platform, arch: process.arch });
  expect(document["features"]).toEqual(expect.arrayContaining(["wasm", "wasm-simd128"]));
});

test("a failure leaves standard output empty", async () => {
  expect(await runCli(["run", "nowhere.onnx", "--json"])).toEqual({
    exitCode: 1,
    stdout: "",
    stderr: 'error: The model "nowhere.onnx" cannot be read: there is no such file; check the path.\n',
  });
});
