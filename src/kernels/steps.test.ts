import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { machinesOf } from "./testdata/machines.ts";
import { runStep } from "./testdata/run-step.ts";
import { steps } from "./testdata/steps.ts";

/** The names that this folder's files give to kernels. */
function declaredKernels(): string[] {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" });
  const sources = files.filter((file) => file.endsWith(".ts") && !file.includes("test"));
  const texts = sources.map((file) => readFileSync(`${import.meta.dirname}/${file}`, "utf8"));
  return texts.flatMap((text) => [...text.matchAll(/ = kernel\(\s*"([^"]+)"/g)].map(([, name]) => name as string));
}

it("the steps that emulated processors run are made of every kernel", () => {
  const [machine] = machinesOf(true).filter(({ name }) => name === "leaf form, fused x16");
  const used = new Set<string>();
  for (const step of steps) {
    runStep(step, {
      ...machine!,
      run(kernel, run) {
        used.add(kernel.name);
        machine!.run(kernel, run);
      },
    });
  }
  const declared = declaredKernels();
  expect(declared.length).toBeGreaterThan(40);
  expect(declared.filter((name) => !used.has(name))).toEqual([]);
});
