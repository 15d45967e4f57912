import type { Closeness, DatumComparison } from "../../src/cli/compare-data.ts";
import { compareData } from "../../src/cli/compare-data.ts";
import type { Tolerance } from "../../src/tensor/compare.ts";
import { compareTensors } from "../../src/tensor/compare.ts";
import type { Datum } from "../../src/tensor/datum.ts";
import { isTensor } from "../../src/tensor/datum.ts";
import { isInteger } from "../../src/tensor/dtype.ts";
import { elementCount } from "../../src/tensor/tensor.ts";

/** How the results of some cases are compared where the usual tolerance does not do, and why. */
export interface ToleranceRule {
  readonly cases: RegExp;
  readonly why: string;
  readonly atol?: number;
  /** Integers may be one step apart in at most this share of the elements. */
  readonly stepShare?: number;
}

export const usual: Tolerance = { rtol: 1e-3, atol: 1e-5 };

/** The first row that fits a case counts. What is random by nature needs no row: `verify` compares its types alone. */
export const toleranceRules: readonly ToleranceRule[] = [
  { cases: /(^|_)dft/, why: "f32 sums of many terms", atol: 1e-3 },
  { cases: /(^|_)stft/, why: "f32 sums of many terms", atol: 1e-4 },
  {
    cases: /^graph__.*_f16/,
    why: "every operator in between rounds to f16: one ulp in the inputs moves these results by up to 4e-3",
    atol: 4e-3,
  },
  { cases: /attention.*f(p|loat)?16/i, why: "f16 results of long sums", atol: 6e-4 },
  {
    cases: /^MatMulNBits.*_acc4/,
    why: "the recorded results quantise the activations to i8; the f64 formula is up to 0.36 away from them",
    atol: 0.36,
  },
  {
    cases: /^Q[A-Z]|quantiz|qlinear|integer|_qdq/i,
    why: "rounding ties may move a value by one step",
    stepShare: 0.01,
  },
];

export const toleranceRule = (name: string): ToleranceRule | undefined =>
  toleranceRules.find(({ cases }) => cases.test(name));

/** Compares as `compareData` does, but lets a share of the integers be one step apart. */
export function compareSteps(share: number) {
  return (actual: Datum, expected: Datum, closeness: Closeness): DatumComparison => {
    const strict = compareData(actual, expected, closeness);
    if (strict.ok || closeness === "types only" || !isTensor(actual) || !isTensor(expected)) return strict;
    if (!isInteger(expected.dtype) || !compareTensors(actual, expected, { rtol: 0, atol: 1 }).ok) return strict;
    const { badCount } = compareTensors(actual, expected, closeness);
    const allowed = share * elementCount(expected.shape);
    return badCount <= allowed ? { ...strict, ok: true } : strict;
  };
}
