import { describe, expect, test } from "vitest";
import { vector } from "../ir/arguments.ts";
import { kernel } from "../ir/kernel.ts";
import { machines, machinesOf } from "../kernels/testdata/machines.ts";
import { runKernel } from "../kernels/testdata/run-kernel.ts";
import { leafProbes, runLeaves } from "./testdata/leaf-probes.ts";

describe.each([4, 8, 16])("%i lanes", (lanes) => {
  describe.each([false, true])("fused %s", (fused) => {
    test.each(leafProbes)("%s: all machines give the same bits", (name) => {
      const [first, ...others] = machinesOf(fused)
        .filter(({ target }) => target.lanes === lanes)
        .map((machine) => ({ y: runLeaves(name, machine), name: machine.name }));
      expect(others.length).toBeGreaterThan(0);
      for (const { y, name } of others) expect(y, name).toEqual(first?.y);
      expect(new Set(first?.y).size).toBeGreaterThan(4);
    });
  });
});

/** Results by their definitions, on 128 bits. */
test("quads: shuffle, narrowSat, widenLo and widenHi", () => {
  const quads = kernel("quads", (_: Readonly<Record<never, never>>) => ({
    signature: { x: vector("i32"), y: vector("i32") },
    build(k, { x, y }) {
      k.items(() => {
        const [a, b] = [k.loadQuad(x, 0), k.loadQuad(x, 4)];
        const half = k.narrowSat(a, b, "i16");
        k.storeQuad(y, 0, k.shuffle(a, b, [0, 4, 1, 5]));
        k.storeQuad(y, 4, k.widenLo(half, "i32"));
        k.storeQuad(y, 8, k.widenHi(half, "i32"));
        k.storeQuad(y, 12, k.widenHi(k.widenLo(k.narrowSat(half, half, "u8"), "u16"), "i32"));
        k.storeScalar(y, 16, k.extract(a, 2));
      });
    },
  }));
  const x = Int32Array.of(1, -2, 70_000, -70_000, 5, 300, -7, 8);
  for (const machine of machines) {
    const { y } = runKernel(quads.build({}, machine.target), machine, { x, y: new Int32Array(17) }, { items: 1 });
    expect([...y], machine.name).toEqual([1, 5, -2, 300, 1, -2, 32767, -32768, 5, 300, -7, 8, 5, 255, 0, 8, 70_000]);
  }
});

test("loadGroupSplat repeats four bytes, loadSplat converts one element", () => {
  const groups = kernel("groups", (_: Readonly<Record<never, never>>) => ({
    signature: { x: vector("i16"), y: vector("i32") },
    build(k, { x, y }) {
      k.items(() => {
        k.store(
          y,
          0,
          k.dot2(k.constant(0, "vec i32"), k.loadGroupSplat(x, 1, "vec i16"), k.loadGroupSplat(x, 3, "vec i16")),
        );
        k.store(y, 16, k.loadSplat(x, 2));
      });
    },
  }));
  for (const machine of machines) {
    const args = { x: Int16Array.of(9, 2, -3, 5, 7), y: new Int32Array(32) };
    const { y } = runKernel(groups.build({}, machine.target), machine, args, { items: 1 });
    const lanes = machine.target.lanes!;
    expect([...y.subarray(0, lanes)], machine.name).toEqual(Array(lanes).fill(2 * 5 - 3 * 7));
    expect([...y.subarray(16, 16 + lanes)], machine.name).toEqual(Array(lanes).fill(-3));
  }
});
