import { expect } from "vitest";
import { numbers } from "../../../tensor/numbers.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import { hash } from "../../testdata/hash.ts";
import { machinesOf } from "../../testdata/machines.ts";
import type { RunStepOptions, Step } from "../../testdata/run-step.ts";
import { runStep } from "../../testdata/run-step.ts";

/** Bound on |actual - expected|: relative to the expected value, and absolute. */
export interface Bound {
  readonly relative: number;
  readonly absolute: number;
}

/** Expects the step to give what `eval` gives, within the bound, and the same bits on all machines that round alike. Gives the names of the schedules that ran it. */
export function checkStep(step: Step, bound: Bound, options?: RunStepOptions): string {
  let schedule = "";
  for (const fused of [false, true]) {
    const hashes = new Map<string, string>();
    for (const machine of machinesOf(fused)) {
      const run = runStep(step, machine, options);
      schedule = run.schedule;
      run.actual.forEach((actual, i) => void expectClose(actual, run.expected[i] as Tensor, bound));
      hashes.set(run.actual.map(bitsOf).join(), machine.name);
    }
    expect([...hashes.values()]).toHaveLength(1);
  }
  return schedule;
}

const bitsOf = (tensor: Tensor): string => hash(Float32Array.from(numbers(tensor)));

function expectClose(actual: Tensor, expected: Tensor, { relative, absolute }: Bound): void {
  const [a, e] = [numbers(actual), numbers(expected)];
  for (let i = 0; i < e.length; i++) {
    const [got, wanted] = [a[i] as number, e[i] as number];
    const same = Object.is(got, wanted) || got === wanted || (Number.isNaN(got) && Number.isNaN(wanted));
    if (!same && !(Math.abs(got - wanted) <= absolute + relative * Math.abs(wanted))) {
      expect.fail(`element ${i} of [${expected.shape}] is ${got}, not ${wanted}`);
    }
  }
}
