import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encode as encodePng } from "fast-png";
import jpeg from "jpeg-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testPath } from "../../src/cli/testdata/run-cli.ts";

const checkout = fileURLToPath(new URL("../..", import.meta.url));
const binary = join(checkout, "dist/cli.js");
const model = testPath("model.onnx");
let folder = "";

function lanewise(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [binary, ...args], { encoding: "utf8" });
  return { status, stdout, stderr };
}

beforeAll(() => {
  if (!existsSync(binary)) throw new Error('No dist/ here: run "npm run build" first.');
  folder = mkdtempSync(join(tmpdir(), "lanewise-binary-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the built command line says who it is", () => {
  expect(lanewise("--help")).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("Usage: lanewise"),
    stderr: "",
  });
  expect(lanewise("--version").stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(JSON.parse(lanewise("info", "--json").stdout).version).toBe(lanewise("--version").stdout.trim());
});

test("tables, pictures and JSON work from the bundle", () => {
  expect(lanewise("run", model)).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^y +f32\[1,3\]/m),
    stderr: "",
  });
  expect(JSON.parse(lanewise("run", model, "--json").stdout).outputs).toHaveLength(2);
  expect(lanewise("verify", testPath("case"))).toMatchObject({ status: 0 });
  const [png, jpg] = [join(folder, "white.png"), join(folder, "white.jpg")];
  writeFileSync(png, encodePng({ width: 2, height: 1, data: new Uint8Array(6).fill(255), channels: 3 }));
  writeFileSync(jpg, jpeg.encode({ width: 2, height: 1, data: new Uint8Array(8).fill(255) }, 100).data);
  const inputs = ["--input", `rgb=@${png}`, "--input", `bytes=@${jpg}`];
  const { outputs } = JSON.parse(lanewise("run", testPath("pictures.onnx"), ...inputs, "--json").stdout);
  expect(outputs.map(({ name, min }: { name: string; min: number }) => [name, min])).toEqual(
    expect.arrayContaining([
      ["rgb_out", 1],
      ["bytes_out", 255],
    ]),
  );
});

test("exit codes: 1 for a failure, 2 for bad usage, without a stack", () => {
  expect(lanewise("run", "nowhere.onnx")).toEqual({
    status: 1,
    stdout: "",
    stderr: 'error: The model "nowhere.onnx" cannot be read: there is no such file; check the path.\n',
  });
  expect(lanewise("run").status).toBe(2);
  expect(lanewise("verify", testPath("cases"), "--json").status).toBe(1);
});

test("a reader that goes away is no error", async () => {
  const child = spawn(process.execPath, [binary, "verify", ...Array<string>(300).fill(testPath("case"))]);
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.stdout.once("data", () => child.stdout.destroy());
  const status = await new Promise((resolve) => child.on("close", resolve));
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
