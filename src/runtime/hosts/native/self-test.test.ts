import { expect, it } from "vitest";
import { probeNative } from "./probe.ts";
import { selfTest } from "./self-test.ts";

const probe = probeNative();
const running = probe.targets.filter(({ available }) => available).map(({ name }) => name);

it.each(running)("%s gives the bits of the reference", (target) => {
  if (probe.host === undefined) throw new Error("A target runs without a host.");
  expect(selfTest(probe.host, target)).toBeUndefined();
});

it("says which element differs, and the probe refuses the target then", () => {
  const difference = "A kernel of x64-avx2 gave other bits than the reference in element 3.";
  const { targets } = probeNative({ selfTest: () => difference });
  for (const name of running) {
    const reason = `${difference} Use another target, and please report this.`;
    expect(targets).toContainEqual({ name, available: false, code: "SELF_TEST_FAILED", reason });
  }
});
