/** Kernels on NEON, and on SVE2 at five lengths, under qemu: the bits of the interpreter. */
import { describe, test } from "vitest";
import { expectSteps } from "../testdata/expect-steps.ts";
import { arm64Neon, arm64Sve2 } from "./targets.ts";
import type { OnArm } from "./testdata/on-arm.ts";
import { onArm } from "./testdata/on-arm.ts";
import { hasQemu, processors, qemuReason } from "./testdata/run-qemu.ts";

const expectSame = (where: OnArm): void => expectSteps((runs, isChain) => onArm({ ...where, isChain }, runs));

describe.skipIf(!hasQemu())(`kernels under qemu (${qemuReason})`, () => {
  test("NEON", () => expectSame({ target: arm64Neon, processor: processors.neon, lanes: 4 }));

  test.each([128, 256, 512, 1024, 2048])("SVE2 of %i bits", (bits) => {
    expectSame({ target: arm64Sve2, processor: processors.sve(bits), lanes: bits / 32 });
  });
});
