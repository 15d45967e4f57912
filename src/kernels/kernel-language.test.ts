import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { interpret } from "../ir/interpret/interpret.ts";
import { legalize } from "../ir/legalize/legalize.ts";
import type { Launch } from "./schedule.ts";
import { hash } from "./testdata/hash.ts";
import { l2Normalize } from "./testdata/l2-normalize.ts";
import { l2NormalizeSchedule } from "./testdata/l2-normalize-schedule.ts";
import type { Machine } from "./testdata/machines.ts";
import { machinesOf } from "./testdata/machines.ts";
import { runKernel } from "./testdata/run-kernel.ts";
import { wide } from "./testdata/wide-target.ts";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

/** What a page shows of a file: all from its first doc comment on. */
const shownOf = (file: string): string => {
  const source = read(`./testdata/${file}`);
  return source.slice(source.indexOf("/**"));
};

test.each([
  ["kernel-language.md", "l2-normalize.ts"],
  ["add-a-kernel.md", "l2-normalize.ts"],
  ["add-a-kernel.md", "l2-normalize-schedule.ts"],
  ["add-a-target.md", "wide-target.ts"],
])("docs/%s shows %s as it runs here", (page, file) => {
  const blocks = [...read(`../../docs/${page}`).matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block]) => block);
  expect(blocks).toContain(shownOf(file));
});

const rowsOfFive = Float32Array.of(3, 0, 4, 0, 0, 1, -2, 2, 0, 0);
const divided = [0.6, 0, 0.8, 0, 0, 1 / 3, -2 / 3, 2 / 3, 0, 0];

test("the schedule of docs/add-a-kernel.md calls the kernel with what it needs, on the target of docs/add-a-target.md", () => {
  const facts = { dtype: "f32", shape: [2, 5] } as const;
  const step = { op: "l2Normalize", attributes: { epsilon: 0 }, operands: [facts], results: [facts], extras: 1 };
  const planned = l2NormalizeSchedule.plan(step, wide);
  if (typeof planned === "string") throw new Error(planned);
  const [launch] = planned.launches as [Launch];
  const kernel = launch.kernel.build(wide);
  const machine: Machine = {
    name: "wide",
    target: wide,
    run: (built, run) => interpret(legalize(built, wide), { lanes: 32, fused: true }, run),
  };
  const places = { x: rowsOfFive, y: new Float32Array(10) };
  const args = { ...(launch.words as Record<string, number>), ...places };
  const { y } = runKernel(kernel, machine, args, { items: launch.items });
  divided.forEach((value, i) => void expect((y as Float32Array)[i]).toBeCloseTo(value, 6));
  const narrow = { ...facts, dtype: "f64" } as const;
  expect(l2NormalizeSchedule.plan({ ...step, operands: [narrow] }, wide)).toBe("only f32 has this kernel");
});

test.each([false, true])("it divides rows by their length, fused %s", (fused) => {
  const x = rowsOfFive;
  const hashes = machinesOf(fused).map((machine) => {
    const args = { x, xPitch: 5, y: new Float32Array(10), yPitch: 5, n: 5, eps: 0 };
    const { y } = runKernel(l2Normalize.build({}, machine.target), machine, args, { items: 2 });
    divided.forEach((value, i) => void expect(y[i]).toBeCloseTo(value, 6));
    return hash(y);
  });
  expect(new Set(hashes).size).toBe(1);
});
