import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode as encodePng } from "fast-png";
import { afterAll, beforeAll, expect, test } from "vitest";
import { jsonOf, runCli, testPath } from "../../src/cli/testdata/run-cli.ts";
import { readNpy } from "../../src/tensor/npy.ts";
import { readNpz, writeNpz } from "../../src/tensor/npz.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

const [model, kinds, pictures] = ["model.onnx", "kinds.onnx", "pictures.onnx"].map(testPath) as [
  string,
  string,
  string,
];

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lanewise-output-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (...names: string[]) => new Uint8Array(readFileSync(join(folder, ...names)));

/** What a command prints, which has to fit into 100 columns. */
async function table(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runCli(args);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  for (const line of stdout.split("\n").filter((text) => !text.includes(tmpdir()) && !text.includes("testdata"))) {
    expect(line.length, line).toBeLessThanOrEqual(100);
  }
  return stdout;
}

test("run prints a row for each output", async () => {
  const text = await table("run", model, "--input", "x=f32[1,4]:0,0,0,0", "--target", "eval");
  expect(text).toMatch(/^output +type +min +mean +max +first values$/m);
  expect(text).toMatch(/^class +i64\[1\] +0 +0 +0 {2}0$/m);
});

test("run --output saves what run --json tells of", async () => {
  const out = join(folder, "results");
  await table("run", kinds, "--dim", "n=2", "--output", out);
  expect(readdirSync(out).sort()).toEqual(
    ["brain_out", "byte_out", "flag_out", "half_out", "parts[0]", "parts[1]", "rate_out", "text_out"]
      .map((name) => `${name}.npy`)
      .concat("outputs.npz")
      .sort(),
  );
  const arrays = readNpz(read("results", "outputs.npz"));
  const [half, brain] = ["half/out", "brain/out"].map((name) => arrays.get(name));
  expect(half).toMatchObject({ dtype: "f16", shape: [2] });
  expect(brain).toMatchObject({ dtype: "f32", shape: [2, 2] });
  expect(readNpy(read("results", "half_out.npy"))).toEqual(half);
  const files = ["half", "rate", "flag", "text", "brain", "byte"].map(
    (name) => `${name}=${join(out, `${name}_out.npy`)}`,
  );
  const again = files.flatMap((file) => ["--input", file]);
  const [first, second] = [await jsonOf("run", kinds, "--dim", "n=2"), await jsonOf("run", kinds, ...again)];
  const outputs = (found: unknown) => (found as { outputs: unknown }).outputs;
  expect(outputs(second[0])).toEqual(outputs(first[0]));
});

test("run feeds pictures in the layout of the input", async () => {
  const path = join(folder, "two.png");
  writeFileSync(path, encodePng({ width: 2, height: 1, data: Uint8Array.of(255, 0, 51, 0, 255, 102), channels: 3 }));
  const named = ["rgb", "grey", "bytes"].flatMap((name) => ["--input", `${name}=@${path}`]);
  const [document] = await jsonOf<{ outputs: { shape: number[]; first: number[] }[] }>("run", pictures, ...named);
  const [rgb, grey, bytes] = document?.outputs ?? [];
  expect([rgb?.shape, grey?.shape, bytes?.shape]).toEqual([
    [1, 3, 1, 2],
    [1, 1, 2, 1],
    [1, 2, 3],
  ]);
  expect(rgb?.first).toEqual([1, 0, 0, 1, 0.2, 0.4].map(Math.fround));
  expect(bytes?.first).toEqual([255, 0, 51, 0, 255, 102]);
  const fixed = await runCli(["run", pictures, "--input", `fixed=@${path}`]);
  expect(fixed).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("Nothing is resized here") });
  const vector = await runCli(["run", pictures, "--input", `vector=@${path}`]);
  expect(vector).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("a picture fits [N,C,H,W]") });
});

test("dump prints the graph at each stage, and the firings", async () => {
  const lines = async (...args: string[]) => (await runCli(["dump", model, ...args])).stdout.split("\n");
  expect((await lines("--stage", "import"))[1]).toMatch(/^ {2}%0 = matmul\(x, .*# f32\[batch,3\] {2}\/fc\/MatMul$/);
  const explained = await lines("--explain");
  expect(explained[0]).toBe("graph classifier(x: f32[batch,4]) {");
  const before = 'mul(add(matmul(x, f32[4,3]), f32[3]), sigmoid(add("/fc/MatMul", f32[3])))';
  expect(explained).toContain(`form-silu: /act/Mul: ${before} => silu(add("/fc/MatMul", f32[3]))`);
});

test("dump prints plans with sizes and kernels as text", async () => {
  const lines = async (...args: string[]) => (await runCli(["dump", model, ...args])).stdout.split("\n");
  const plan = await lines("--stage", "plan", "--target", "wasm-simd128");
  expect(plan[0]).toMatch(/^plan classifier\(x: f32\[batch,4\]\) \{ +# batch=1, wasm-simd128, arena \d+ bytes$/);
  expect(plan[2]).toMatch(/^ {2}1 {2}%4 = softmax\(%3, \{axis: 1\}\) by softmax +# f32\[1,3\] arena\+\d+, 12 bytes/);
  expect((await lines("--stage", "plan", "--input", "x=5,4"))[0]).toMatch(/# batch=5, /);
  const code = async (target: string) => (await lines("--stage", "asm", "--target", target)).join("\n");
  expect(await code("wasm-relaxed")).toMatch(/^== 0: .*: 1 launch, \d+ bytes, first for \/act\/Mul ==\n\(module\n/);
  expect(await code("x64-avx512")).toMatch(/^ {2}vfmadd231ps zmm/m);
  expect(await code("arm64-neon")).toMatch(/^ {2}fmla v\d+\.4s/m);
  expect((await lines("--stage", "ir", "--target", "interpreter"))[1]).toMatch(/^kernel /);
});

test("compare --against names the first node that differs", async () => {
  await runCli(["run", model, "--output", join(folder, "expected")]);
  const good = join(folder, "expected", "outputs.npz");
  expect(await table("compare", model, "--against", good)).toContain("2 values compared, all within the tolerance");
  const arrays = new Map(readNpz(read("expected", "outputs.npz")));
  const y = arrays.get("y") as Tensor<"f32">;
  const changed = { ...y, data: y.data.map((value, i) => (i === 1 ? value + 0.5 : value)) };
  const bad = join(folder, "bad.npz");
  writeFileSync(bad, writeNpz(arrays.set("y", changed)));
  const { exitCode, stdout } = await runCli(["compare", model, "--against", bad, "--json"]);
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: false,
    values: 2,
    firstDifference: { node: "softmax", origin: "/Softmax", maxAbs: expect.closeTo(0.5, 5) },
  });
});

test("compare --against takes values by their node, and refuses names that are none", async () => {
  const inner = join(folder, "inner.npz");
  const zeros: Tensor = { dtype: "f32", shape: [1, 3], data: new Float32Array(3) };
  writeFileSync(inner, writeNpz(new Map([["/act/Mul", zeros]])));
  const found = await runCli(["compare", model, "--against", inner, "--json"]);
  expect(JSON.parse(found.stdout)).toMatchObject({
    ok: false,
    firstDifference: { node: "linear", origin: "/act/Mul" },
  });
  writeFileSync(inner, writeNpz(new Map([["/fc/MatMul", zeros]])));
  expect(await runCli(["compare", model, "--against", inner])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('the array "/fc/MatMul" is neither an output nor the only result of an ONNX node'),
  });
  expect(await runCli(["compare", model, "--against", inner, "--target", "eval", "--no-fuse"])).toMatchObject({
    exitCode: 1,
  });
});

test("profile prints its slowest steps, a trace and a page", async () => {
  const [trace, page] = [join(folder, "trace.json"), join(folder, "page.html")];
  const text = await table("profile", model, "--runs", "2", "--target", "eval", "--trace", trace, "--html", page);
  expect(text).toMatch(/eval:linear +f32\[1,3\]/);
  expect(text).toContain("3 of 3 steps have no kernel and run in TypeScript, 100.0 % of the time:");
  expect(text).toMatch(/^ {2}eval:softmax, 1 step, \d+\.\d %: the target is eval$/m);
  const { traceEvents } = JSON.parse(readFileSync(trace, "utf8")) as { traceEvents: Record<string, unknown>[] };
  const steps = traceEvents.filter(({ ph }) => ph === "X") as { name: string; ts: number; dur: number }[];
  expect(steps.map(({ name }) => name)).toEqual(["linear", "softmax", "argMax"]);
  for (const [i, { ts, dur }] of steps.entries()) {
    expect(dur).toBeGreaterThan(0);
    expect(ts + dur).toBeLessThanOrEqual((steps[i + 1]?.ts ?? Number.POSITIVE_INFINITY) + 1);
  }
  const html = readFileSync(page, "utf8");
  expect(html).toMatch(/^<!doctype html>/);
  expect(html).toContain("eval:softmax");
  expect(html).not.toMatch(/(src|href)\s*=|https?:|@import|url\(/);
});

test("profile tells fused operators, and the roof of the machine", async () => {
  const text = await table("profile", model, "--runs", "2", "--target", "wasm-simd128");
  expect(text).toMatch(/^ +ms +share +kernel +operators +result +GFLOP\/s +GB\/s +roof +ONNX node$/m);
  expect(text).toMatch(/matmul +linear +f32\[1,3\] .* \d+ % +\/act\/Mul$/m);
  expect(text).toMatch(
    /^the roof of wasm-simd128: [\d.]+ GFLOP\/s in a tile loop, [\d.]+ GB\/s read from cache, [\d.]+ from/m,
  );
});

test("verify says why a case fails, and goes on", async () => {
  const { exitCode, stdout } = await runCli(["verify", testPath("cases")]);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^ok {4}below {2}\(greatest difference /m);
  expect(stdout).toMatch(/^skip {2}no-data: there is no test_data_set_\* beside the model$/m);
  expect(stdout).toMatch(/^FAIL {2}wrong\/dtype: output "y": Expected f64\[2,3\], got f32\[2,3\]/m);
  expect(stdout).toMatch(/^FAIL {2}wrong\/value: output "y": 6 of 6 values differ, first at \[0,0\]: expected 0\.25/m);
  expect(stdout).toMatch(/8 cases: 2 passed, 5 failed, 1 skipped\n$/);
});

test("verify holds to the tolerance that it is given", async () => {
  const wide = await runCli(["verify", testPath("cases/wrong/value"), "--atol", "1"]);
  expect(wide).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('output "class"') });
  const exact = await runCli(["verify", testPath("case"), "--rtol", "0", "--atol", "0"]);
  expect(exact.exitCode).toBe(1);
});

test("the tables of inspect and info fit", async () => {
  expect(await table("inspect", testPath("unsupported.onnx"))).toMatch(/^ex\.ample\.Frobnicate +2 +1 {2}UNSUPPORTED$/m);
  expect(await table("info")).toMatch(/^eval +yes$/m);
});
