import { expect } from "vitest";
import type { Machine } from "../../kernels/testdata/machines.ts";
import { machinesOf } from "../../kernels/testdata/machines.ts";
import type { Step } from "../../kernels/testdata/run-step.ts";
import { runStep } from "../../kernels/testdata/run-step.ts";
import { steps } from "../../kernels/testdata/steps.ts";
import { numbers } from "../../tensor/numbers.ts";
import type { Runs } from "./collect-runs.ts";

/** The elements of all results of a step. */
function runOne(step: Step, machine: Machine): number[] {
  return runStep(step, machine, { misalign: 4 }).actual.flatMap((tensor) => [...numbers(tensor)]);
}

/** Each with what the interpreter gives, whatever its lanes. */
function interpretSteps(some: readonly Step[]): ReadonlyMap<Step, number[]> {
  const [reference] = machinesOf(true).filter(({ name }) => name === "kernel form, fused x4");
  return new Map(some.map((step) => [step, runOne(step, reference!)]));
}

const interpreted = new Map<readonly Step[], ReadonlyMap<Step, number[]>>();

/** The steps that are several kernels on a machine. */
function chainsOn(machine: Machine, some: readonly Step[]): ReadonlySet<Step> {
  const chains = new Set<Step>();
  for (const step of some) {
    let launches = 0;
    runStep(step, { ...machine, run: () => void launches++ });
    if (launches > 1) chains.add(step);
  }
  return chains;
}

/** Expects that an emulator gives the interpreter's bits for a step or more of each kind; `on` does runs on it. */
export function expectSteps(on: <T>(runs: Runs<T>, isChain: boolean) => T, some: readonly Step[] = steps): void {
  const expected = interpreted.get(some) ?? interpretSteps(some);
  interpreted.set(some, expected);
  let chains: ReadonlySet<Step> | undefined;
  for (const isChain of [false, true]) {
    const actual = on((machine) => {
      const known = chains ?? chainsOn(machine, some);
      chains = known;
      const these = some.filter((step) => known.has(step) === isChain);
      return these.map((step) => ({ step, values: runOne(step, machine) }));
    }, isChain);
    for (const { step, values } of actual) {
      const shapes = step.operands.map((each) => each && [each.dtype, ...each.shape]);
      expect({ op: step.op, shapes, values }).toEqual({ op: step.op, shapes, values: expected.get(step) });
    }
  }
}
