import { expect } from "vitest";
import { numbers } from "../../../tensor/numbers.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import { hash } from "../../testdata/hash.ts";
import type { Machine } from "../../testdata/machines.ts";
import { machinesOf } from "../../testdata/machines.ts";
import type { RunStepOptions, Step } from "../../testdata/run-step.ts";
import { runStep } from "../../testdata/run-step.ts";

export interface CheckOptions extends RunStepOptions {
  /** Products of numbers of at most 1 that are added up for one result; 0 where results must be exact. */
  readonly depth: number;
  /** Which machines run the step: WebAssembly alone unless it says otherwise, since there are many cases. */
  readonly on?: "all" | "wasm";
}

/** What ran a step, and a hash of the results for each class of machines. */
export interface Checked {
  readonly schedule: string;
  readonly hashes: readonly string[];
}

/** Half a unit in the last place, relative. */
const roundings: Readonly<Record<string, number>> = { f32: 2 ** -24, f16: 2 ** -11, bf16: 2 ** -8 };

const isWasm = ({ name }: Machine): boolean => name.startsWith("wasm-");

/** Expects the step to give what `eval` gives, within the roundings of its sums, and the same bits on all machines that round alike. */
export function checkStep(step: Step, { depth, on = "wasm", ...options }: CheckOptions): Checked {
  let schedule = "";
  const hashes = [false, true].map((fused) => {
    const found = new Set<string>();
    for (const machine of machinesOf(fused)) {
      if (on === "wasm" && !isWasm(machine)) continue;
      const run = runStep(step, machine, options);
      schedule = run.schedule;
      run.actual.forEach(
        (actual, i) => void expectClose(actual, run.expected[i] as Tensor, { depth, machine: machine.name }),
      );
      found.add(run.actual.map((tensor) => hash(Float32Array.from(numbers(tensor)))).join());
    }
    expect(found.size, `different bits in class ${fused ? "fused" : "unfused"}`).toBe(1);
    return [...found].join();
  });
  return { schedule, hashes };
}

function expectClose(actual: Tensor, expected: Tensor, { depth, machine }: { depth: number; machine: string }): void {
  const [a, e] = [numbers(actual), numbers(expected)];
  const sums = depth === 0 ? 0 : 2 ** -24 * (depth + 8) * (depth + 1);
  const rounding = depth === 0 ? 0 : 8 * (roundings[expected.dtype] ?? 0);
  for (let i = 0; i < e.length; i++) {
    const [got, wanted] = [a[i] as number, e[i] as number];
    if (got === wanted || (Number.isNaN(got) && Number.isNaN(wanted))) continue;
    const bound = sums + rounding * (Math.abs(wanted) + 1);
    if (!(Math.abs(got - wanted) <= bound)) {
      expect.fail(`element ${i} of [${expected.shape}] is ${got} on ${machine}, expected ${wanted} within ${bound}`);
    }
  }
}
