import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { hash } from "./testdata/hash.ts";
import { l2Normalize } from "./testdata/l2-normalize.ts";
import { machinesOf } from "./testdata/machines.ts";
import { runKernel } from "./testdata/run-kernel.ts";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

test("docs/kernel-language.md shows the kernel that runs here", () => {
  const source = read("./testdata/l2-normalize.ts");
  const shown = read("../../docs/kernel-language.md").match(/```ts\n([\s\S]*?)```/)?.[1];
  expect(shown).toBe(source.slice(source.indexOf("/**")));
});

test.each([false, true])("it divides rows by their length, fused %s", (fused) => {
  const x = Float32Array.of(3, 0, 4, 0, 0, 1, -2, 2, 0, 0);
  const hashes = machinesOf(fused).map((machine) => {
    const args = { x, xPitch: 5, y: new Float32Array(10), yPitch: 5, n: 5, eps: 0 };
    const { y } = runKernel(l2Normalize.build({}, machine.target), machine, args, { items: 2 });
    [0.6, 0, 0.8, 0, 0, 1 / 3, -2 / 3, 2 / 3, 0, 0].forEach((value, i) => void expect(y[i]).toBeCloseTo(value, 6));
    return hash(y);
  });
  expect(new Set(hashes).size).toBe(1);
});
