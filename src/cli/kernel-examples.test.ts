import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { assembleWithGnu } from "../codegen/arm64/testdata/gnu-as.ts";
import { assembleProgram, hasGnuAs } from "../codegen/x64/testdata/gnu-as.ts";
import type { Kernel } from "../ir/node.ts";
import type { Target } from "../ir/target.ts";
import { codeTarget, codeTargets } from "./code-targets.ts";
import { kernelOf } from "./emit.ts";
import type { KernelExample } from "./kernel-examples.ts";
import { exampleOf, kernelExamples } from "./kernel-examples.ts";

const folder = `${import.meta.dirname}/../kernels`;

test("every kernel has an example", () => {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const sources = files.filter((file) => file.endsWith(".ts") && !/\.test\.ts$|testdata/.test(file));
  const declared = sources.flatMap((file) =>
    [...readFileSync(`${folder}/${file}`, "utf8").matchAll(/= kernel\(\s*"([\w-]+)"/g)].map(([, name]) => name),
  );
  expect(kernelExamples.map(({ name }) => name).sort()).toEqual(declared.sort());
});

/** The example's kernel for a target; undefined where it needs to know how many lanes there are, and SVE2 says so only at run time. */
function built(example: KernelExample, target: Target): Kernel | undefined {
  try {
    return kernelOf(example, example.settings, target).build(target);
  } catch (error) {
    if (target.lanes === undefined && String(error).includes("need the number of lanes")) return undefined;
    throw error;
  }
}

test.each(kernelExamples.map((example, i) => ({ ...example, i })))("$name is the kernel of its example", (example) => {
  const kernels = codeTargets.map(({ target }) => built(example, target));
  expect(kernels.filter((kernel) => kernel && kernel.name !== example.name)).toEqual([]);
  const turn = example.i % codeTargets.length;
  const kernel = kernels[turn];
  if (kernel !== undefined) expect(codeTargets[turn]?.compile(kernel).text).not.toBe("");
});

test.skipIf(!hasGnuAs())("GNU as makes the same bytes of the text", () => {
  for (const name of ["x64-avx2", "x64-avx512"]) {
    const { target, compile } = codeTarget(name);
    for (const dtype of ["f32", "f16"]) {
      const example = exampleOf("softmax") as KernelExample;
      const { bytes, text } = compile(kernelOf(example, { ...example.settings, dtype }, target).build(target));
      const theirs = assembleProgram(text);
      expect(theirs).toEqual(Buffer.from(bytes.subarray(0, theirs.length)));
      expect(bytes.subarray(theirs.length).every((byte) => byte === 0)).toBe(true);
    }
  }
});

test("GNU as for AArch64 makes the same bytes of the text", ({ skip }) => {
  for (const name of ["arm64-neon", "arm64-sve2"]) {
    const { target, compile } = codeTarget(name);
    const example = exampleOf("softmax") as KernelExample;
    const { bytes, text } = compile(kernelOf(example, { ...example.settings, dtype: "f16" }, target).build(target));
    const theirs = assembleWithGnu(text);
    skip(theirs === undefined, "needs aarch64-linux-gnu-as: apt-get install binutils-aarch64-linux-gnu");
    expect(theirs).toEqual(bytes.slice(0, theirs?.length));
    expect(bytes.subarray(theirs?.length).every((byte) => byte === 0)).toBe(true);
  }
});
