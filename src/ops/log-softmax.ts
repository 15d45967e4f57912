import { op } from "./op.ts";
import type { SoftmaxAttributes } from "./softmax.ts";
import { alongAxis, inferAlongAxis, rowMax } from "./softmax.ts";

/** x - max - log Σ exp(x - max) along `axis`: the logarithm of softmax, exact where softmax would round to 0. */
export const logSoftmax = op("logSoftmax", ["x"], {
  infer: ([x], attributes: SoftmaxAttributes) => inferAlongAxis(x, attributes),
  eval: ([x], { axis }: SoftmaxAttributes) => alongAxis(x, axis, logSoftmaxRow),
});

function logSoftmaxRow(row: Float64Array): void {
  const top = rowMax(row);
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += Math.exp(row[i]! - top);
  const shift = Math.log(sum);
  for (let i = 0; i < row.length; i++) row[i] = row[i]! - top - shift;
}
