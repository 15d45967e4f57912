import { describe, test } from "vitest";
import { seed } from "../../../test/support/seed.ts";
import { expectSameBits } from "../testdata/expect-same-bits.ts";
import { exactMachines } from "../testdata/machines.ts";
import { runStep } from "../testdata/run-step.ts";
import { randomBits, randomIntegers } from "../testdata/tensors.ts";

const shapes = [
  [[3, 17], [1]],
  [[5, 7], [0]],
  [
    [2, 3, 4, 5],
    [1, 2],
  ],
  [[4, 1, 9], [1]],
  [[6], undefined],
  [[2, 3], []],
  [
    [3, 1, 5],
    [-3, -2],
  ],
] as const;

describe.each(exactMachines.map((machine) => [machine.name, machine] as const))(
  `integers on %s (LANEWISE_SEED=${seed})`,
  (_, machine) => {
    test.each(shapes)("[%s] over %j", (shape, axes) => {
      for (const op of ["reduceSum", "reduceMax", "reduceMin"]) {
        for (const x of [
          randomBits("i64", shape),
          randomBits("i32", shape),
          randomIntegers("u8", shape, 0, 256),
          randomIntegers("bool", shape, 0, 2),
        ]) {
          if (x.dtype === "bool" && op === "reduceSum") continue;
          expectSameBits(runStep({ op, operands: [x], attributes: { ...(axes && { axes }) } }, machine), op);
        }
      }
    });
  },
);
