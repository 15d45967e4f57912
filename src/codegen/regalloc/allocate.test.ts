import { describe, expect, test } from "vitest";
import { seed } from "../../../test/support/seed.ts";
import { createRandom } from "../../tensor/random.ts";
import type { Allocation, Placed } from "./allocate.ts";
import { allocate } from "./allocate.ts";
import { checkAllocation } from "./check.ts";
import { both, def, MachineBuilder, use } from "./machine-function.ts";
import { runAllocated, runVirtual } from "./testdata/execute.ts";
import type { ToyOp } from "./testdata/toy.ts";
import { randomFunction, toyFile } from "./testdata/toy.ts";

const op = (id: number): ToyOp => ({ id, rounds: 3 });

/** The loop depth of each instruction of allocated code, with the instruction. */
function byDepth({ code }: Allocation<ToyOp>): { depth: number; placed: Placed<ToyOp> }[] {
  let depth = 0;
  return code.map((placed) => {
    const kind = placed.kind === "instruction" ? placed.instruction.kind : "";
    if (kind === "loop") depth++;
    const entry = { depth, placed };
    if (kind === "repeat") depth--;
    return entry;
  });
}

const spillsOf = (allocation: Allocation<ToyOp>, depth: number): string[] =>
  byDepth(allocation)
    .filter(({ depth: at, placed }) => at === depth && ["load", "store", "again", "move"].includes(placed.kind))
    .map(({ placed }) => placed.kind);

test("random functions read the same values with registers as without", () => {
  let [loads, stores, agains] = [0, 0, 0];
  for (let i = 0; i < 400; i++) {
    const machine = randomFunction(createRandom(`allocate ${seed} ${i}`));
    const allocation = allocate(machine, toyFile);
    checkAllocation(machine, allocation);
    expect(runAllocated(allocation), `seed ${seed}, function ${i}`).toEqual(runVirtual(machine));
    for (const { kind } of allocation.code) {
      loads += Number(kind === "load");
      stores += Number(kind === "store");
      agains += Number(kind === "again");
    }
  }
  expect(Math.min(loads, stores, agains)).toBeGreaterThan(100);
});

describe("loops", () => {
  /** `outside` values that live through a loop with `accumulators` that it changes, and are used after it. */
  const through = (outside: number, accumulators: number): Allocation<ToyOp> => {
    const builder = new MachineBuilder<ToyOp>();
    const values = Array.from({ length: outside + accumulators }, (_, i) => {
      const vreg = builder.vreg("vec");
      builder.op(op(i), [def(vreg)]);
      return vreg;
    });
    const carried = values.slice(outside);
    builder.loop(carried);
    for (const vreg of carried) {
      const next = builder.vreg("vec");
      builder.move(next, vreg);
      builder.op(op(100), [both(next)]);
      builder.move(vreg, next);
    }
    builder.repeat(op(101), []);
    for (const vreg of values.toReversed()) builder.op(op(102), [use(vreg)]);
    const machine = builder.finish("through");
    const allocation = allocate(machine, toyFile);
    checkAllocation(machine, allocation);
    return allocation;
  };

  test("what lives through a loop is stored and loaded outside it", () => {
    const allocation = through(3, 3);
    expect(spillsOf(allocation, 1)).toEqual([]);
    expect(spillsOf(allocation, 0).sort()).toEqual(["load", "load", "store", "store"]);
    expect(allocation.frameBytes).toBe(2 * toyFile.slotBytes.vec);
  });

  test("accumulators stay in their registers without a copy", () => {
    expect(spillsOf(through(0, 4), 1)).toEqual([]);
    expect(spillsOf(through(0, 4), 0)).toEqual([]);
  });

  test("a value that is made again takes no room in memory", () => {
    const builder = new MachineBuilder<ToyOp>();
    const constant = builder.vreg("mask");
    builder.source(op(0), constant);
    const values = [1, 2, 3].map((id) => {
      const vreg = builder.vreg("mask");
      builder.op(op(id), [def(vreg)]);
      return vreg;
    });
    builder.op(op(4), values.map(use));
    builder.op(op(5), [use(constant)]);
    const allocation = allocate(builder.finish("again"), toyFile);
    expect(allocation.frameBytes).toBe(0);
    expect(allocation.code.map(({ kind }) => kind)).toEqual([
      "instruction",
      "instruction",
      "instruction",
      "instruction",
      "again",
      "instruction",
    ]);
  });
});

describe("bad functions", () => {
  test("a value that is never written", () => {
    const builder = new MachineBuilder<ToyOp>();
    builder.op(op(0), [use(builder.vreg("gpr"))]);
    expect(() => allocate(builder.finish("f"), toyFile)).toThrow("v0 of f is read but never written");
  });

  test("regions that are not nested", () => {
    const open = new MachineBuilder<ToyOp>();
    open.loop([]);
    expect(() => allocate(open.finish("f"), toyFile)).toThrow("the region at instruction 0 of f has no end");
    const crossed = new MachineBuilder<ToyOp>();
    crossed.loop([]);
    crossed.end();
    expect(() => allocate(crossed.finish("f"), toyFile)).toThrow("instruction 1 of f, end, ends no region");
  });

  test("an instruction with more operands than registers", () => {
    const builder = new MachineBuilder<ToyOp>();
    const values = [0, 1, 2, 3].map((id) => {
      const vreg = builder.vreg("mask");
      builder.op(op(id), [def(vreg)]);
      return vreg;
    });
    builder.op(op(4), values.map(use));
    expect(() => allocate(builder.finish("f"), toyFile)).toThrow("needs more than 3 mask registers");
  });
});

describe("the checker", () => {
  const machine = randomFunction(createRandom("checked"));
  const good = allocate(machine, toyFile);

  test("finds every register of an operand that is not the right one", () => {
    let found = 0;
    good.code.forEach((placed, at) => {
      if (placed.kind !== "instruction") return;
      placed.instruction.operands.forEach((operand, i) => {
        if ((operand & 1) === 0 || placed.registers[i]! < 0) return;
        const registers = placed.registers.with(i, 60);
        const code = good.code.with(at, { ...placed, registers });
        expect(() => checkAllocation(machine, { ...good, code })).toThrow("is wrong at");
        found++;
      });
    });
    expect(found).toBeGreaterThan(10);
  });

  test.each(["load", "store", "move"] as const)("misses each %s that is left out", (kind) => {
    let found = 0;
    for (let i = 0; i < 20; i++) {
      const each = randomFunction(createRandom(`left out ${i}`));
      const allocation = allocate(each, toyFile);
      allocation.code.forEach((placed, at) => {
        if (placed.kind !== kind) return;
        const code = allocation.code.toSpliced(at, 1);
        try {
          checkAllocation(each, { ...allocation, code });
        } catch {
          found++;
        }
      });
    }
    expect(found).toBeGreaterThan(20);
  });
});
