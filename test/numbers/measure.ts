// How far the kernels are from f64 on every target that runs here; see scripts/numbers.mjs.
import { contextFor } from "../../src/graph/evaluate.ts";
import { size, vector } from "../../src/ir/arguments.ts";
import { kernel } from "../../src/ir/kernel.ts";
import type { UnaryFormula } from "../../src/ir/math/testdata/bounds.ts";
import { bounds, powBound } from "../../src/ir/math/testdata/bounds.ts";
import { ulpAt } from "../../src/ir/math/testdata/ulp-at.ts";
import { hasFormula } from "../../src/kernels/elementwise/evaluate-expression.ts";
import { formulaBound, neededAttributes } from "../../src/kernels/elementwise/testdata/formula-facts.ts";
import type { Machine } from "../../src/kernels/testdata/machines.ts";
import { machines as allMachines } from "../../src/kernels/testdata/machines.ts";
import { runKernel } from "../../src/kernels/testdata/run-kernel.ts";
import type { Step } from "../../src/kernels/testdata/run-step.ts";
import { runStep } from "../../src/kernels/testdata/run-step.ts";
import { ops } from "../../src/ops/index.ts";
import { resolveOp } from "../../src/ops/registered.ts";
import { fromNumbers, numbers } from "../../src/tensor/numbers.ts";
import { createRandom } from "../../src/tensor/random.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import type { StepCase } from "./step-cases.ts";
import { stepCases } from "./step-cases.ts";

/** One row of the page: the greatest error on each target, in units that the table names. */
export interface MeasuredError {
  readonly name: string;
  readonly bound: number;
  readonly units: string;
  readonly why: string;
  readonly errors: readonly number[];
}

/** The interpreter is the reference of the others; it is slow, and gives the bits of the compiled target of its class. */
const compiled = allMachines.filter(({ name }) => !name.includes("form"));

export const targets: readonly string[] = compiled.map(({ name }) => name);

const unaryMap = kernel("map", ({ op }: { readonly op: UnaryFormula }) => ({
  signature: { x: vector(), y: vector(), n: size() },
  build(k, { x, y, n }) {
    k.items(() => k.vectors(n, (i, part) => k.store(y, i, k[op](k.load(x, i, part)), part)));
  },
}));

const powMap = kernel("power", (_: Readonly<Record<never, never>>) => ({
  signature: { x: vector(), y: vector(), z: vector(), n: size() },
  build(k, { x, y, z, n }) {
    k.items(() => k.vectors(n, (i, part) => k.store(z, i, k.pow(k.load(x, i, part), k.load(y, i, part)), part)));
  },
}));

/** All exponents with random mantissas, then plain magnitudes. */
function floats(name: string, count: number): Float32Array {
  const random = createRandom(name);
  const x = new Float32Array(Uint32Array.from({ length: count }, () => random.u32()).buffer);
  for (let i = 0; i < count / 2; i++) x[i] = random.uniform() * 2 ** random.int(-6, 8);
  return x;
}

/** An error in units, 0 for the right infinity or NaN, infinite for a wrong one. */
function errorIn(actual: number, exact: number, unit: number): number {
  if (Object.is(Math.fround(exact), actual) || Number.isNaN(exact))
    return Number.isNaN(exact) === Number.isNaN(actual) ? 0 : Number.POSITIVE_INFINITY;
  const error = Math.abs(actual - exact) / unit;
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
}

const sampleCount = 200_000;

export function measureFormulas(): MeasuredError[] {
  const unary = Object.entries(bounds).map(([op, { exact, ulp }]) => {
    const x = floats(`numbers ${op}`, sampleCount);
    const errors = compiled.map((machine) => {
      const built = unaryMap.build({ op: op as UnaryFormula }, machine.target);
      const { y } = runKernel(built, machine, { x, y: new Float32Array(x.length), n: x.length }, { items: 1 });
      return x.reduce(
        (worst, value, i) => Math.max(worst, errorIn(y[i] as number, exact(value), ulpAt(exact(value)))),
        0,
      );
    });
    return { name: op, bound: ulp, units: "ulp of the result", why: "for every x", errors };
  });
  return [...unary, measurePow()];
}

function measurePow(): MeasuredError {
  const x = floats("numbers pow", sampleCount).map(Math.abs);
  const random = createRandom("numbers exponents");
  const y = x.map((value) => random.uniform() * Math.min(150 / Math.max(Math.abs(Math.log2(value)), 0.01), 1e4));
  const errors = compiled.map((machine) => {
    const args = { x, y, z: new Float32Array(x.length), n: x.length };
    const { z } = runKernel(powMap.build({}, machine.target), machine, args, { items: 1 });
    return x.reduce((worst, base, i) => {
      const exact = base ** (y[i] as number);
      return Math.max(worst, errorIn(z[i] as number, exact, ulpAt(exact)));
    }, 0);
  });
  return { name: "pow", bound: powBound, units: "ulp of the result", why: "for every base and exponent", errors };
}

/** An operator's result computed in f64 throughout, from operands of f32. */
function exactResult({ op, operands, attributes = {} }: Step): ArrayLike<number> {
  const wide = operands.map((t) => t && fromNumbers("f64", t.shape, Float64Array.from(numbers(t))));
  const evaluated = resolveOp(op).eval(wide, attributes as never, contextFor(new Map()));
  return numbers((Array.isArray(evaluated) ? evaluated[0] : evaluated) as Tensor);
}

const arityOf = (declared: object): number => ("unary" in declared ? 1 : "binary" in declared ? 2 : 0);

/** Every operator of f32 with a formula, over numbers of a few magnitudes. */
export function measureOperators(): MeasuredError[] {
  return Object.entries(ops).flatMap(([op, declared]) => {
    const attributes = neededAttributes[op] ?? {};
    const operands = Array.from({ length: arityOf(declared) }, (_, i) => operand(`${op} ${i}`));
    if (operands.length === 0 || !isMeasured(declared)) return [];
    const types = { operands: operands.map(({ dtype }) => dtype), result: "f32" } as const;
    if (!hasFormula(op, attributes, types)) return [];
    const step = { op, operands, attributes };
    const exact = exactResult(step);
    const errors = compiled.map((machine) =>
      worstError(firstResult(step, machine), exact, (y) => Math.max(Math.abs(y), formulaBound.floor)),
    );
    return [
      { name: op, bound: formulaBound.ulp, units: "ulp of the result, of 1/8 at least", why: "its formula", errors },
    ];
  });
}

/** Operators of floats whose result is a float: those of integers and booleans are exact. */
function isMeasured(declared: object): boolean {
  const { on, result } = {
    ...("unary" in declared && (declared.unary as object)),
    ...("binary" in declared && (declared.binary as object)),
  } as {
    readonly on?: string;
    readonly result?: string;
  };
  return result === undefined && (on === undefined || on === "float" || on === "numeric");
}

function operand(name: string): Tensor {
  const random = createRandom(`numbers ${name}`);
  return fromNumbers(
    "f32",
    [20_000],
    Float64Array.from({ length: 20_000 }, () => Math.fround(random.uniform() * 2 ** random.int(-8, 5))),
  );
}

const firstResult = (step: Step, machine: Machine): ArrayLike<number> =>
  numbers(runStep(step, machine).actual[0] as Tensor);

/** The greatest error in ulp of what `size` makes of the exact result. */
function worstError(
  actual: ArrayLike<number>,
  exact: ArrayLike<number>,
  size: (exact: number, i: number) => number,
): number {
  let worst = 0;
  for (let i = 0; i < exact.length; i++) {
    const y = exact[i] as number;
    worst = Math.max(worst, errorIn(actual[i] as number, y, ulpAt(size(y, i))));
  }
  return worst;
}

const unitNames: Readonly<Record<StepCase["units"], string>> = {
  result: "ulp of the result",
  magnitudes: "ulp of the sum of magnitudes",
  largest: "ulp of the largest result",
};

export function measureKernels(): MeasuredError[] {
  return stepCases.map(({ name, step, units, magnitudes, bound, why }) => {
    const exact = exactResult(step);
    const sums = magnitudes === undefined ? exact : exactResult(magnitudes);
    const largest = Array.from(exact).reduce((most, y) => Math.max(most, Math.abs(y)), 0);
    const size = (y: number, i: number) =>
      units === "result" ? y : units === "largest" ? largest : (sums[i] as number);
    const errors = compiled.map((machine) => worstError(firstResult(step, machine), exact, size));
    return { name, bound, units: unitNames[units], why, errors };
  });
}
