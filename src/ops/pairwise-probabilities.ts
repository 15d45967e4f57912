import { formatType, tensorType } from "../graph/type.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import { op } from "./op.ts";
import { operandShape, tensorOperand } from "./tensor-operand.ts";

type PairwiseAttributes = { readonly classes: number };

/**
 * The probability of each class [N,k] from that of the first of each pair of classes [N,k(k-1)/2], pairs in the order (0,1), (0,2), ...,
 * (1,2), ...: the second method of Wu, Lin and Weng (2004), "Probability estimates for multi-class classification by pairwise coupling",
 * with the limits of libsvm.
 */
export const pairwiseProbabilities = op("pairwiseProbabilities", ["pairs"], {
  infer([pairs], { classes }: PairwiseAttributes) {
    const { dtype, shape } = tensorOperand(pairs, "pairs");
    const width = operandShape(pairs, "pairs", 2)?.[1];
    if (typeof width === "number" && width !== (classes * (classes - 1)) / 2) {
      throw new ShapeError(
        `pairs must have a column for each pair of ${classes} classes, got ${formatType(pairs.type)}.`,
      );
    }
    return tensorType(dtype, shape && [shape[0]!, classes]);
  },
  eval([pairs], { classes }: PairwiseAttributes) {
    const [rows = 0, width = 0] = pairs.shape;
    const source = numbers(pairs);
    const result = new Float64Array(rows * classes);
    for (let row = 0; row < rows; row++) {
      result.set(couple(pairMatrix(source.subarray(row * width, (row + 1) * width), classes), classes), row * classes);
    }
    return fromNumbers(pairs.dtype, [rows, classes], result);
  },
});

const least = 1e-7;

/** r[i·k + j]: the probability of class i where only i and j are possible. */
function pairMatrix(pairs: ArrayLike<number>, k: number): Float64Array {
  const r = new Float64Array(k * k);
  let at = 0;
  for (let i = 0; i < k; i++) {
    for (let j = i + 1; j < k; j++) {
      const p = Math.min(Math.max(pairs[at++]!, least), 1 - least);
      r[i * k + j] = p;
      r[j * k + i] = 1 - p;
    }
  }
  return r;
}

/** Minimises Σ over i≠j of (r_ji p_i - r_ij p_j)² under Σ p = 1, one p after the other. */
function couple(r: Float64Array, k: number): Float64Array {
  const q = quadraticForm(r, k);
  const p = new Float64Array(k).fill(1 / k);
  for (let round = 0; round < Math.max(100, k); round++) {
    const qp = Float64Array.from(p, (_p, t) => dot(q.subarray(t * k, (t + 1) * k), p));
    let pqp = dot(p, qp);
    if (qp.every((value) => Math.abs(value - pqp) < 0.005 / k)) break;
    for (let t = 0; t < k; t++) {
      const diagonal = q[t * k + t]!;
      const step = (pqp - qp[t]!) / diagonal;
      p[t] = p[t]! + step;
      pqp = (pqp + step * (step * diagonal + 2 * qp[t]!)) / (1 + step) ** 2;
      for (let j = 0; j < k; j++) {
        qp[j] = (qp[j]! + step * q[t * k + j]!) / (1 + step);
        p[j] = p[j]! / (1 + step);
      }
    }
  }
  return p;
}

function quadraticForm(r: Float64Array, k: number): Float64Array {
  const q = new Float64Array(k * k);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      if (i === j) continue;
      q[i * k + i] = q[i * k + i]! + r[j * k + i]! ** 2;
      q[i * k + j] = -r[j * k + i]! * r[i * k + j]!;
    }
  }
  return q;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
