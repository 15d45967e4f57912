/** f16 in memory: every way to load it on every pattern, and every way to store it on every boundary between two neighbours. */
import { describe, expect, test } from "vitest";
import { seed } from "../../test/support/seed.ts";
import type { Machine } from "../kernels/testdata/machines.ts";
import { machines } from "../kernels/testdata/machines.ts";
import { arm64Neon, arm64Sve2 } from "./arm64/targets.ts";
import { onArm } from "./arm64/testdata/on-arm.ts";
import { hasQemu, processors, qemuReason } from "./arm64/testdata/run-qemu.ts";
import type { Way } from "./testdata/halves.ts";
import { boundaries, loadHalves, patterns, quietBits, storeHalves, values, ways } from "./testdata/halves.ts";

const { x, expected } = boundaries();

/** All, where machine code does whole vectors of them; else some, the last ones too. */
const chosen = <T extends Uint16Array | Float32Array>(all: T, way: Way, isFast: boolean): T =>
  (way === "vectors" && isFast ? all : all.filter((_, i) => i % 137 === 0 || i > all.length - 20)) as T;

/** The first element that differs, as text; undefined where there is none. */
function difference(actual: Int32Array | Uint16Array, expected: Int32Array | Uint16Array): string | undefined {
  const at = expected.findIndex((bits, i) => bits !== actual[i]);
  if (at < 0 && actual.length === expected.length) return undefined;
  return `element ${at}: ${actual[at]?.toString(16)}, not ${expected[at]?.toString(16)}`;
}

interface Results {
  readonly loaded: Float32Array;
  readonly stored: Uint16Array;
}

const run = (machine: Machine, way: Way, isFast: boolean): Results => ({
  loaded: loadHalves(machine, way, chosen(patterns, way, isFast)),
  stored: storeHalves(machine, way, chosen(x, way, isFast)),
});

function check({ loaded, stored }: Results, way: Way, isFast: boolean): void {
  expect(difference(quietBits(loaded), quietBits(chosen(values, way, isFast)))).toBeUndefined();
  expect(difference(stored, chosen(expected, way, isFast))).toBeUndefined();
}

/** Interpreters say which form they run. */
const isFast = ({ name }: Machine): boolean => !name.includes("form");

describe.each(ways)(`f16 as %s (LANEWISE_SEED=${seed})`, (way) => {
  test.each(machines)("$name", (machine) => check(run(machine, way, isFast(machine)), way, isFast(machine)));

  describe.skipIf(!hasQemu())(`under qemu (${qemuReason})`, () => {
    test.each([
      { target: arm64Neon, processor: processors.neon, lanes: 4 },
      { target: arm64Sve2, processor: processors.sve(128), lanes: 4 },
      { target: arm64Sve2, processor: processors.sve(512), lanes: 16 },
    ])("$target.name of $lanes lanes", (where) => {
      const results = onArm(where, (machine) => run(machine, way, true));
      check(results, way, true);
    });
  });
});
