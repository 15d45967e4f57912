/** Kernels on NEON, and on SVE2 at five lengths, under qemu: the bits of the interpreter. */
import { describe, expect, test } from "vitest";
import { interpret } from "../../ir/interpret/interpret.ts";
import type { Machine } from "../../kernels/testdata/machines.ts";
import type { Step } from "../../kernels/testdata/run-step.ts";
import { runStep } from "../../kernels/testdata/run-step.ts";
import { steps } from "../../kernels/testdata/steps.ts";
import { numbers } from "../../tensor/numbers.ts";
import { arm64Neon, arm64Sve2 } from "./targets.ts";
import type { OnArm } from "./testdata/on-arm.ts";
import { onArm } from "./testdata/on-arm.ts";
import { hasQemu, processors, qemuReason } from "./testdata/run-qemu.ts";

/** The elements of all results of a step. */
function runOne(step: Step, machine: Machine): number[] {
  return runStep(step, machine, { misalign: 4 }).actual.flatMap((tensor) => [...numbers(tensor)]);
}

/** What the interpreter gives for a step, and how many kernels it takes. */
function interpretStep(step: Step): { readonly step: Step; readonly expected: number[]; readonly launches: number } {
  let launches = 0;
  const machine: Machine = {
    name: "interpreter",
    target: arm64Neon,
    run(kernel, run) {
      launches++;
      interpret(kernel, { lanes: 4, fused: true }, run);
    },
  };
  return { step, expected: runOne(step, machine), launches };
}

describe.skipIf(!hasQemu())(`kernels under qemu (${qemuReason})`, () => {
  const all = steps.map(interpretStep);

  const expectSame = (where: Omit<OnArm, "isChain">): void => {
    for (const isChain of [false, true]) {
      const some = all.filter(({ launches }) => launches > 1 === isChain);
      const actual = onArm({ ...where, isChain }, (machine) => some.map(({ step }) => runOne(step, machine)));
      actual.forEach((values, i) => {
        const { step, expected } = some[i] as (typeof some)[number];
        const shapes = step.operands.map((each) => each && [each.dtype, ...each.shape]);
        expect({ op: step.op, shapes, values }).toEqual({ op: step.op, shapes, values: expected });
      });
    }
  };

  test("NEON", () => expectSame({ target: arm64Neon, processor: processors.neon, lanes: 4 }));

  test.each([128, 256, 512, 1024, 2048])("SVE2 of %i bits", (bits) => {
    expectSame({ target: arm64Sve2, processor: processors.sve(bits), lanes: bits / 32 });
  });
});
