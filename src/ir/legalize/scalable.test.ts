/** Kernels for a machine that says only at run time how many lanes it has: one legal form, right at every number of them. */
import { describe, expect, test } from "vitest";
import { matmul } from "../../kernels/matmul/matmul.ts";
import { layerNorm } from "../../kernels/norm/layer-norm.ts";
import { rmsNorm } from "../../kernels/norm/rms-norm.ts";
import { reduceColumns } from "../../kernels/reduce/reduce-columns.ts";
import { reduceRows } from "../../kernels/reduce/reduce-rows.ts";
import { softmax } from "../../kernels/softmax/softmax.ts";
import type { Machine } from "../../kernels/testdata/machines.ts";
import type { KernelArguments } from "../../kernels/testdata/run-kernel.ts";
import { runKernel } from "../../kernels/testdata/run-kernel.ts";
import { createRandom } from "../../tensor/random.ts";
import { interpret } from "../interpret/interpret.ts";
import type { Kernel } from "../node.ts";
import type { Target } from "../target.ts";
import { legalize } from "./legalize.ts";

/** Arguments of rms-norm's residual, which is not there. */
const unused = { residual: 0, residualPitch: 0, sum: 0, sumPitch: 0 };

const target: Target = {
  name: "scalable",
  lanes: undefined,
  fused: true,
  tileRegisters: 32,
  foldRegisters: 8,
  interleaves: true,
  tiles: [{ mr: 6, nv: 2 }],
  features: new Set(),
};

const reference: Machine = {
  name: "kernel form",
  target,
  run: (kernel, run) => interpret(kernel, { fused: true, lanes: 4 }, run),
};

const scalable = [4, 8, 16, 32, 64].map(
  (lanes): Machine => ({
    name: `leaf form at ${lanes} lanes`,
    target,
    run: (kernel, run) => interpret(legalize(kernel, target), { fused: true, lanes }, run),
  }),
);

function expectSame<A extends KernelArguments>(kernel: Kernel, args: A, items: number, result: keyof A): void {
  const expected = runKernel(kernel, reference, args, { items })[result];
  for (const machine of scalable)
    expect(runKernel(kernel, machine, args, { items, misalign: 4 })[result], machine.name).toEqual(expected);
}

const make = (count: number): Float32Array => {
  const random = createRandom(`scalable ${count}`);
  return Float32Array.from({ length: count }, () => random.uniform() * 3);
};

describe.each([0, 1, 5, 63, 64, 65, 130, 257])("rows of %i", (n) => {
  const y = new Float32Array(2 * n);
  const rows = { x: make(2 * n), xPitch: n, y, yPitch: n, n };
  test("rms-norm", () =>
    expectSame(rmsNorm.build({ scale: "f32" }, target), { ...rows, scale: make(n), eps: 1e-5, ...unused }, 2, "y"));
  test("layer-norm", () => {
    expectSame(layerNorm.build({}, target), { ...rows, scale: make(n), bias: make(n), eps: 1e-5 }, 2, "y");
  });
  test("softmax", () => expectSame(softmax.build({}, target), rows, 2, "y"));
  test("reduce-rows", () => {
    for (const reduction of ["max", "sum", "prod"] as const) {
      const args = { x: make(2 * n), xPitch: n, y: new Float32Array(2), n };
      expectSame(reduceRows.build({ reduction }, target), args, 2, "y");
    }
  });
});

test("a row of more than one block", () => {
  const [n, y] = [4227, new Float32Array(4227)];
  expectSame(
    rmsNorm.build({ scale: "f32" }, target),
    { x: make(n), xPitch: n, scale: make(n), y, yPitch: n, n, eps: 1e-5, ...unused },
    1,
    "y",
  );
});

test("reduce-columns", () => {
  for (const n of [1, 67, 200]) {
    const strides = { xStride0: 7 * n, xStride1: n, yStride0: n };
    const args = { x: make(14 * n), y: new Float32Array(2 * n), ...strides, count: 7, n };
    const blocks = Math.ceil(n / 64);
    expectSame(reduceColumns.build({ reduction: "l2" }, target), { ...args, blocks, block: 64 }, 2 * blocks, "y");
  }
});

test("matmul: panels as wide as the lanes", () => {
  const [mr, nv, m, n, depth] = [3, 2, 6, 150, 7];
  const [a, b] = [make(m * depth), make(depth * n)];
  const expected = Float32Array.from({ length: m * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let sum = 0;
    for (let p = 0; p < depth; p++) sum += a[i * depth + p]! * b[p * n + j]!;
    return sum;
  });
  const results = scalable.map((machine, at) => {
    const width = nv * (4 << at);
    const pack = (count: number, wide: number, get: (i: number, p: number) => number): Float32Array => {
      const packed = new Float32Array(Math.ceil(count / wide) * wide * depth);
      for (let i = 0; i < count; i++)
        for (let p = 0; p < depth; p++) packed[(Math.floor(i / wide) * depth + p) * wide + (i % wide)] = get(i, p);
      return packed;
    };
    const panels = Math.ceil(n / width);
    const tensors = { a, b: pack(n, width, (j, p) => b[p * n + j]!), tail: b, c: new Float32Array(m * n) };
    const strides = {
      aStride0: depth,
      cStride0: n,
      bPitch: width,
      bPanel: depth * width,
      tailPitch: 0,
      regular: panels,
    };
    const sizes = { n, depth, firstRow: 0, rowPanels: m / mr, blocks: panels, blockPanels: 1, panels };
    const options = {
      mr,
      nv,
      span: 1,
      rank: 0,
      storage: "f32",
      packsColumns: true,
      packsRows: false,
      steps: 1,
      result: "f32",
      others: [],
    } as const;
    const args = { ...tensors, ...strides, ...sizes };
    return runKernel(matmul.build(options, target), machine, args, { items: (m / mr) * panels }).c;
  });
  for (const c of results) expect(c).toEqual(results[0]);
  results[0]?.forEach((value, at) => void expect(value).toBeCloseTo(expected[at]!, 4));
});
