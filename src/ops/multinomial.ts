import { tensorType } from "../graph/type.ts";
import { unknownDim } from "../tensor/dim.ts";
import type { DType } from "../tensor/dtype.ts";
import type { NumberArray } from "../tensor/numbers.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import { requireDType } from "./dtype-class.ts";
import { randomSource } from "./mersenne-twister.ts";
import { op } from "./op.ts";
import { operandShape, tensorOperand } from "./tensor-operand.ts";

type MultinomialAttributes = {
  readonly sampleSize: number;
  readonly dtype: DType;
  readonly seed?: number | undefined;
};

/** Draws `sampleSize` classes for each row of x[batch, classes], which holds the logarithms of unscaled probabilities. */
export const multinomial = op("multinomial", ["x"], {
  pure: false,
  infer([x], { sampleSize, dtype }: MultinomialAttributes) {
    requireDType(tensorOperand(x, "x").dtype, "float", "x");
    requireDType(dtype, "integer", "the result");
    return tensorType(dtype, [operandShape(x, "x", 2)?.[0] ?? unknownDim, sampleSize]);
  },
  eval([x], { sampleSize, dtype, seed }: MultinomialAttributes) {
    const [batch = 0, classes = 0] = x.shape;
    const source = randomSource(seed);
    const logits = numbers(x);
    const drawn = new Float64Array(batch * sampleSize);
    for (let row = 0; row < batch; row++) {
      const sums = runningSums(logits.subarray(row * classes, (row + 1) * classes));
      for (let i = 0; i < sampleSize; i++) drawn[row * sampleSize + i] = classAt(sums, source.uniform());
    }
    return fromNumbers(dtype, [batch, sampleSize], drawn);
  },
});

/** The sums of e^logit up to and with each class, scaled so that none overflows. */
function runningSums(logits: NumberArray): Float64Array {
  let greatest = -Infinity;
  for (const logit of logits) greatest = Math.max(greatest, logit);
  let sum = 0;
  return Float64Array.from(logits, (logit) => (sum += Math.exp(logit - greatest)));
}

/** The first class whose running sum exceeds the share `u` of the whole. */
function classAt(sums: Float64Array, u: number): number {
  const limit = u * (sums[sums.length - 1] ?? 0);
  const found = sums.findIndex((sum) => sum > limit);
  return found < 0 ? Math.max(0, sums.length - 1) : found;
}
