import { describe, expect, test } from "vitest";
import { createRandom } from "../tensor/random.ts";
import type { MatmulTile } from "./matmul-tile.ts";
import { matmulTile } from "./matmul-tile.ts";
import { hash } from "./testdata/hash.ts";
import type { Machine } from "./testdata/machines.ts";
import { machinesOf } from "./testdata/machines.ts";
import { runKernel } from "./testdata/run-kernel.ts";

interface Problem {
  readonly m: number;
  readonly n: number;
  readonly depth: number;
}

/** Columns or rows side by side in panels of `width`, filled up with 0. */
function pack(get: (i: number, p: number) => number, count: number, depth: number, width: number): Float32Array {
  const tiles = Math.ceil(count / width);
  const out = new Float32Array(tiles * depth * width);
  for (let i = 0; i < count; i++) {
    const base = Math.floor(i / width) * depth * width + (i % width);
    for (let p = 0; p < depth; p++) out[base + p * width] = get(i, p);
  }
  return out;
}

const random = createRandom("matmul-tile");
const make = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.uniform());

interface Operands extends Problem {
  readonly a: Float32Array;
  readonly b: Float32Array;
  readonly bias: Float32Array;
}

function runTiles(machine: Machine, options: MatmulTile, { a, b, bias, m, n, depth }: Operands): Float32Array {
  const { mr, nv } = options;
  const width = nv * machine.target.lanes!;
  const columnTiles = Math.ceil(n / width);
  const pitch = n + 1;
  const args = {
    a: pack((i, p) => a[i * depth + p]!, m, depth, mr),
    b: pack((j, p) => b[p * n + j]!, n, depth, width),
    c: new Float32Array(m * pitch).fill(7),
    cPitch: pitch,
    bias,
    m,
    n,
    depth,
    columnTiles,
  };
  const items = Math.ceil(m / mr) * columnTiles;
  const target = { ...machine.target, tileRegisters: 32 };
  return runKernel(matmulTile.build(options, target), { ...machine, target }, args, { items, misalign: 4 }).c;
}

const problems: readonly Problem[] = [
  { m: 6, n: 8, depth: 5 },
  { m: 12, n: 64, depth: 3 },
  { m: 1, n: 1, depth: 1 },
  { m: 7, n: 13, depth: 17 },
  { m: 13, n: 19, depth: 0 },
  { m: 5, n: 31, depth: 64 },
];

describe.each([false, true])("matmul-tile, fused %s", (fused) => {
  test.each(problems)("$m x $n, depth $depth", (problem) => {
    const { m, n, depth } = problem;
    const operands = { ...problem, a: make(m * depth), b: make(depth * n), bias: make(n) };
    const hashes = [
      { mr: 6, nv: 2 },
      { mr: 4, nv: 1 },
    ].flatMap((shape) =>
      machinesOf(fused).map((machine) => {
        const c = runTiles(machine, { ...shape, bias: true }, operands);
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < n; j++) {
            let [sum, size] = [operands.bias[j]!, Math.abs(operands.bias[j]!)];
            for (let p = 0; p < depth; p++) {
              sum += operands.a[i * depth + p]! * operands.b[p * n + j]!;
              size += Math.abs(operands.a[i * depth + p]! * operands.b[p * n + j]!);
            }
            expect(Math.abs(c[i * (n + 1) + j]! - sum)).toBeLessThanOrEqual(2 ** -23 * (depth + 1) * size);
          }
          expect(c[i * (n + 1) + n]).toBe(7);
        }
        return hash(c);
      }),
    );
    expect(new Set(hashes).size).toBe(1);
  });

  test("an epilogue does the same after the product as a step of its own", () => {
    const problem = { m: 7, n: 11, depth: 9 };
    const operands = { ...problem, a: make(63), b: make(99), bias: make(11) };
    for (const machine of machinesOf(fused)) {
      const shape = { mr: 6, nv: 2 };
      const plain = runTiles(machine, shape, operands);
      const doubled = runTiles(machine, { ...shape, epilogue: (k, value) => k.mul(value, 2) }, operands);
      expect(doubled).toEqual(plain.map((value) => (value === 7 ? 7 : 2 * value)));
    }
  });
});

test("a tile that would spill is an error with the count", () => {
  const [machine] = machinesOf(false) as [Machine];
  expect(() => matmulTile.build({ mr: 8, nv: 2 }, machine.target)).toThrow(
    "A 8x2 tile needs 19 vector registers (16 accumulators, 2 for a row of B, 1 temporary)",
  );
});
