import { describe, expect, test } from "vitest";
import { seed } from "../../../test/support/seed.ts";
import { hash } from "../../kernels/testdata/hash.ts";
import { machines, machinesOf } from "../../kernels/testdata/machines.ts";
import { runKernel } from "../../kernels/testdata/run-kernel.ts";
import { createRandom } from "../../tensor/random.ts";
import { size, vector } from "../arguments.ts";
import type { Builder } from "../builder.ts";
import { kernel } from "../kernel.ts";
import type { Node } from "../node.ts";
import { acos, asin } from "./asin.ts";
import { atan } from "./atan.ts";
import { acosh, asinh, atanh, cosh, sinh } from "./hyperbolic.ts";
import { integerQuotient } from "./integer-quotient.ts";
import { ulpAt } from "./testdata/ulp-at.ts";

type Formula = (k: Builder, x: Node) => Node;

const formulas: readonly (readonly [string, Formula, (x: number) => number, number])[] = [
  ["acos", acos, Math.acos, 4],
  ["acosh", acosh, Math.acosh, 5],
  ["asin", asin, Math.asin, 3],
  ["asinh", asinh, Math.asinh, 5],
  ["atan", atan, Math.atan, 3],
  ["atanh", atanh, Math.atanh, 5],
  ["cosh", cosh, Math.cosh, 5],
  ["sinh", sinh, Math.sinh, 6],
];

const map = kernel("map", ({ formula }: { readonly formula: Formula }) => ({
  signature: { x: vector(), y: vector(), n: size() },
  build(k, { x, y, n }) {
    k.items(() => k.vectors(n, (i, part) => k.store(y, i, formula(k, k.load(x, i, part)), part)));
  },
}));

/** All exponents, then plain magnitudes, then edges. */
function samples(count: number): Float32Array {
  const random = createRandom(seed);
  const x = new Float32Array(Uint32Array.from({ length: count }, () => random.u32()).buffer);
  for (let i = 0; i < count / 2; i++) x[i] = random.uniform() * 2 ** random.int(-8, 8);
  x.set([
    0,
    -0,
    1,
    -1,
    Number.NaN,
    Infinity,
    -Infinity,
    88.7,
    -88.7,
    89.4,
    89.5,
    0.5,
    0.41421357,
    2.4142137,
    2 ** -149,
  ]);
  return x;
}

describe.each(formulas)(`%s (LANEWISE_SEED=${seed})`, (name, formula, exact, ulp) => {
  test.each([false, true])(`is within ${ulp} ulp of f64, fused %s`, (fused) => {
    const x = samples(40_000);
    const machine = machinesOf(fused).find((each) => each.name.startsWith("wasm"))!;
    const args = { x, y: new Float32Array(x.length), n: x.length };
    const { y } = runKernel(map.build({ formula }, machine.target), machine, args, { items: 1 });
    let [worst, at] = [0, 0];
    x.forEach((value, i) => {
      const expected = exact(value);
      const same = Object.is(Math.fround(expected), y[i]);
      const error = same ? 0 : Math.abs(y[i]! - expected) / ulpAt(expected);
      if (!(error <= worst)) [worst, at] = [error, value];
    });
    expect(worst, `${name} at ${at}`).toBeLessThanOrEqual(ulp);
  });

  test.each([false, true])("has the same bits on all machines, fused %s", (fused) => {
    const x = samples(301);
    const hashes = machinesOf(fused).map((machine) => {
      const args = { x, y: new Float32Array(x.length), n: x.length };
      return hash(runKernel(map.build({ formula }, machine.target), machine, args, { items: 1 }).y);
    });
    expect(new Set(hashes).size).toBe(1);
  });
});

const division = kernel("division", (_: Readonly<Record<never, never>>) => ({
  signature: { a: vector("i32"), b: vector("i32"), quotient: vector("i32"), rest: vector("i32"), n: size() },
  build(k, { a, b, quotient, rest, n }) {
    k.items(() =>
      k.vectors(n, (i, part) => {
        const made = integerQuotient(k, k.load(a, i, part), k.load(b, i, part));
        k.store(quotient, i, made.quotient, part);
        k.store(rest, i, made.rest, part);
      }),
    );
  },
}));

describe(`integer division (LANEWISE_SEED=${seed})`, () => {
  test.each(machines.filter(({ name }) => /x8|wasm|x64/.test(name)).map((each) => [each.name, each] as const))(
    "is exact on %s",
    (name, machine) => {
      const random = createRandom(seed);
      const count = name.startsWith("wasm") ? 20_000 : 500;
      const edges = [0, 1, -1, 2, -2, 3, 7, 2 ** 24 + 1, 2 ** 31 - 1, -(2 ** 31), 2 ** 31 - 129, -(2 ** 30)];
      const some = () => edges[random.int(0, 2 * edges.length)] ?? (random.u32() | 0) >> random.int(0, 31);
      const [a, b] = [0, 1].map(() => Int32Array.from({ length: count }, some)) as [Int32Array, Int32Array];
      const [quotient, rest] = [new Int32Array(count), new Int32Array(count)];
      const made = runKernel(
        division.build({}, machine.target),
        machine,
        { a, b, quotient, rest, n: count },
        { items: 1 },
      );
      expect(made.quotient).toEqual(a.map((x, i) => (x / b[i]!) | 0));
      expect(made.rest).toEqual(a.map((x, i) => (x % b[i]!) | 0));
    },
  );
});
