import { describe, expect, it } from "vitest";
import { seed } from "../../../test/support/seed.ts";
import { ops } from "../../ops/index.ts";
import type { DType } from "../../tensor/dtype.ts";
import { dtypes } from "../../tensor/dtype.ts";
import { fromNumbers, numbers } from "../../tensor/numbers.ts";
import { createRandom } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { machines } from "../testdata/machines.ts";
import { runStep } from "../testdata/run-step.ts";
import { hasFormula } from "./evaluate-expression.ts";
import { formulaBound, neededAttributes } from "./testdata/formula-facts.ts";

const kinds: readonly DType[] = ["f32", "f16", "bf16", "i64", "i32", "i16", "u16", "i8", "u8", "bool"];
const specials = [
  0,
  -0,
  Number.NaN,
  Infinity,
  -Infinity,
  1,
  -1,
  1e-40,
  -1e-40,
  1e-4,
  3e38,
  -3e38,
  0.5,
  1.5,
  -2.5,
  88,
  -104,
];
const count = 83;

/** Values over a few magnitudes, with the specials among the floats. */
function operand(dtype: DType, salt: number): Tensor {
  const random = createRandom(seed + salt);
  const isFloat = dtypes[dtype].kind === "float";
  const values = Array.from({ length: count }, (_, i) => {
    if (dtype === "bool") return Number(random.uniform() > 0);
    if (!isFloat) return Math.round(random.uniform() * 300);
    return specials[(i + salt) % (3 * specials.length)] ?? random.uniform() * 6;
  });
  return fromNumbers(dtype, [count], Float64Array.from(values));
}

const epsilon: Partial<Record<DType, number>> = { f32: 2 ** -23, f16: 2 ** -10, bf16: 2 ** -7 };

/** Formulas are within a few ulp of the exact result, and near a zero of the function within that of 1. */
function expectClose(actual: Tensor, expected: Tensor, what: string): void {
  const [a, e] = [numbers(actual), numbers(expected)];
  const relative = epsilon[expected.dtype] ?? 0;
  for (let i = 0; i < e.length; i++) {
    const [x, y] = [a[i] as number, e[i] as number];
    if (Object.is(x, y) || x === y || (Number.isNaN(x) && Number.isNaN(y))) continue;
    expect(Math.abs(x - y), `${what}, element ${i}: got ${x}, eval gives ${y}`).toBeLessThanOrEqual(
      formulaBound.ulp * relative * Math.max(Math.abs(y), formulaBound.floor) || 0,
    );
  }
}

interface Case {
  readonly op: string;
  readonly dtype: DType;
  readonly operands: readonly DType[];
}

const cases = Object.entries(ops).flatMap(([op, declared]): Case[] => {
  const arity = "unary" in declared ? 1 : "binary" in declared ? 2 : 0;
  return kinds.flatMap((dtype) => {
    const definition = ("unary" in declared ? declared.unary : "binary" in declared ? declared.binary : {}) as {
      result?: DType;
    };
    const operands = Array.from({ length: arity }, () => dtype);
    const types = { operands, result: definition.result ?? dtype };
    return arity > 0 && accepts(op, operands) && hasFormula(op, neededAttributes[op] ?? {}, types)
      ? [{ op, dtype, operands }]
      : [];
  });
});

function accepts(op: string, operands: readonly DType[]): boolean {
  try {
    const declared = ops[op as keyof typeof ops];
    const zeros = operands.map((dtype) => fromNumbers(dtype, [1], Float64Array.of(1)));
    const { on = "unary" in declared ? "float" : "numeric" } = (
      "unary" in declared ? declared.unary : "binary" in declared ? declared.binary : {}
    ) as { on?: string };
    const { kind } = dtypes[operands[0] as DType];
    const isInteger = kind === "int" || kind === "uint";
    if (
      on === "float"
        ? kind !== "float"
        : on === "bool"
          ? kind !== "bool"
          : on === "integer"
            ? !isInteger
            : on === "numeric" && kind === "bool"
    )
      return false;
    return zeros.length > 0;
  } catch {
    return false;
  }
}

describe.each(machines.filter(({ name }) => /x8|wasm/.test(name)).map((machine) => [machine.name, machine] as const))(
  `formulas on %s (LANEWISE_SEED=${seed})`,
  (_, machine) => {
    it.each(cases.map((each) => [`${each.op} of ${each.dtype}`, each] as const))("%s", (what, { op, operands }) => {
      const tensors = operands.map((dtype, i) => operand(dtype, 7 * i));
      const { actual, expected } = runStep({ op, operands: tensors, attributes: neededAttributes[op] ?? {} }, machine);
      expectClose(actual[0] as Tensor, expected[0] as Tensor, what);
    });
  },
);
