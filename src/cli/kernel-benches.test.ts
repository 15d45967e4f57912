import { expect, test } from "vitest";
import { cursorRecord } from "../ir/driver-layout.ts";
import { bindPlan } from "../plan/bind-plan.ts";
import type { BoundPlan } from "../plan/bound-plan.ts";
import { buildPlan } from "../plan/build-plan.ts";
import { InterpreterHost } from "../runtime/hosts/interpreter/interpreter-host.ts";
import { KernelSession } from "../runtime/kernel-session.ts";
import { randomTensor } from "../tensor/random.ts";
import { elementCount } from "../tensor/tensor.ts";
import { kernelBenches, scalarLaunch } from "./kernel-benches.ts";
import type { KernelExample } from "./kernel-examples.ts";
import { exampleOf } from "./kernel-examples.ts";
import { graphOf } from "./kernel-settings.ts";
import { withLaunch } from "./time-plan.ts";

/** The only output of a plan whose steps all have launches. */
function outputOf(bound: BoundPlan): number[] {
  const session = new KernelSession(new InterpreterHost());
  const { table, cursor, launches } = session.prepare(bound);
  const { buffer } = session.host.memory;
  const floats = (value: number) => {
    const count = elementCount(bound.shapes[value] as readonly number[]);
    return new Float32Array(buffer as ArrayBuffer, session.base + (bound.offsets[value] as number), count);
  };
  for (const { name, value } of bound.plan.inputs)
    floats(value).set(randomTensor("f32", bound.shapes[value] as readonly number[], name).data);
  new DataView(buffer).setInt32(cursor + cursorRecord.budget, 1000, true);
  session.host.run(table, launches.at(-1)?.[1] ?? 0, cursor);
  return Array.from(floats(bound.plan.outputs[0]?.value ?? -1));
}

test.each(kernelBenches)("$name, its scalar loop and its composition compute the same", (bench) => {
  const [rows, n] = [3, 37];
  const example = exampleOf(bench.name) as KernelExample;
  const settings = { ...example.settings, n, [bench.rows]: rows, ...("k" in example.settings && { k: n }) };
  const { target } = new InterpreterHost();
  const bind = (lines: readonly string[], group: boolean) =>
    bindPlan(buildPlan(graphOf({ ...example, lines }, settings)), new Map(), { target, group });
  const bound = bind(example.lines, true);
  const expected = outputOf(bound);
  expect(expected.some((value) => value !== 0)).toBe(true);
  for (const other of [withLaunch(bound, scalarLaunch(bench, rows, n)), bind(bench.composed, false)]) {
    const actual = outputOf(other);
    expect(actual).toHaveLength(expected.length);
    for (const [i, value] of actual.entries()) expect(Math.abs(value - (expected[i] as number))).toBeLessThan(1e-5);
  }
  expect(bind(bench.composed, false).steps).toHaveLength(bench.composed.length);
});
