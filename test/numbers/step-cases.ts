import { boundInUlp } from "../../src/kernels/norm/testdata/stress-rows.ts";
import type { Step } from "../../src/kernels/testdata/run-step.ts";
import { fromNumbers } from "../../src/tensor/numbers.ts";
import { createRandom } from "../../src/tensor/random.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { elementCount } from "../../src/tensor/tensor.ts";

/** A step whose error is measured, and what it is measured in. */
export interface StepCase {
  readonly name: string;
  readonly step: Step;
  /** What an element's error is measured in: ulp of the result itself, of the sum of magnitudes that the step adds up for it, or of the largest result. */
  readonly units: "result" | "magnitudes" | "largest";
  /** The step with the magnitudes of its operands, which gives the sums of magnitudes. */
  readonly magnitudes?: Step;
  /** The most that theory allows, in those units, and how it comes to that. */
  readonly bound: number;
  readonly why: string;
}

/** Numbers in [-span, span), all exact in f32. */
function random(name: string, shape: readonly number[], span = 1): Tensor {
  const source = createRandom(name);
  return fromNumbers(
    "f32",
    shape,
    Float64Array.from({ length: elementCount(shape) }, () => Math.fround(span * source.uniform())),
  );
}

const magnitude = (t: Tensor | undefined): Tensor | undefined =>
  t && fromNumbers(t.dtype, t.shape, (t.data as Float32Array).map(Math.abs));

/** A sum of products: its error is held against the sum of their magnitudes. */
function sum(name: string, step: Step, { bound, why }: Pick<StepCase, "bound" | "why">): StepCase {
  return {
    name,
    step,
    units: "magnitudes",
    magnitudes: { ...step, operands: step.operands.map(magnitude) },
    bound,
    why,
  };
}

/** Roundings of a row of n elements that is added up in 64 accumulators: those of one, and of the six steps that join them. */
const foldRoundings = (n: number): number => Math.ceil(n / 64) + 6;

const row = random("row", [16, 1024], 4);
const matrices = { a: random("a", [48, 256]), b: random("b", [256, 64]), vector: random("v", [1, 256]) };
const images = {
  x: random("x", [1, 16, 20, 20]),
  w: random("w", [24, 16, 3, 3]),
  depthwise: random("d", [16, 1, 3, 3]),
};
const heads = [random("q", [1, 2, 32, 32]), random("k", [1, 2, 48, 32]), random("v", [1, 2, 48, 32])];
const epsilon = 1e-5;
const ones = new Float32Array(1024).fill(1);

/** Each product and each sum rounds once at most, in any order of them: k products come to k roundings of half an ulp, and one more for the store. */
const products = (k: number) => ({ bound: k / 2 + 1, why: `${k} products and sums, half an ulp each` });
const folded = (n: number) => ({
  bound: foldRoundings(n) / 2 + 1,
  why: `${n} elements in 64 accumulators, half an ulp each`,
});

export const stepCases: readonly StepCase[] = [
  {
    name: "rmsNorm, rows of 1024",
    step: { op: "rmsNorm", operands: [row, random("scale", [1024])], attributes: { axis: -1, epsilon } },
    ...{
      units: "result",
      bound: boundInUlp({ what: "ones", x: ones, scale: ones, eps: epsilon }),
      why: "half of the roundings of the sum, and six operations",
    },
  },
  {
    name: "softmax, rows of 1024 in [-4, 4)",
    step: { op: "softmax", operands: [row], attributes: { axis: -1 } },
    ...{
      units: "result",
      bound: (8 + 12) / 2 + foldRoundings(1024) / 2,
      why: "the rounding of x - max, the exponential, the sum and the quotient",
    },
  },
  {
    name: "logSoftmax, rows of 1024",
    step: { op: "logSoftmax", operands: [row], attributes: { axis: -1 } },
    ...{ units: "result", bound: 4 + foldRoundings(1024) / 2, why: "the sum, its logarithm and a difference" },
  },
  {
    name: "layerNorm, rows of 1024",
    step: {
      op: "layerNorm",
      operands: [row, random("scale", [1024]), random("bias", [1024])],
      attributes: { axis: -1, epsilon },
    },
    ...{ units: "largest", bound: foldRoundings(1024), why: "the mean, the variance and the last operations" },
  },
  sum("reduceSum, rows of 1024", { op: "reduceSum", operands: [row], attributes: { axes: [1] } }, folded(1024)),
  sum("reduceMean, rows of 1024", { op: "reduceMean", operands: [row], attributes: { axes: [1] } }, folded(1024)),
  sum("reduceSum, columns of 16", { op: "reduceSum", operands: [row], attributes: { axes: [0] } }, products(16)),
  sum(
    "matmul 48x256x64, constant B",
    { op: "matmul", operands: [matrices.a, matrices.b], constants: [1] },
    products(256),
  ),
  sum("matmul 48x256x64", { op: "matmul", operands: [matrices.a, matrices.b] }, products(256)),
  sum(
    "matmul 1x256x64, constant B",
    { op: "matmul", operands: [matrices.vector, matrices.b], constants: [1] },
    products(256),
  ),
  sum(
    "conv 3x3, 16 to 24 channels",
    { op: "conv", operands: [images.x, images.w, undefined], constants: [1], attributes: { pads: [1, 1, 1, 1] } },
    products(144),
  ),
  sum(
    "conv 3x3, depthwise",
    { op: "conv", operands: [images.x, images.depthwise, undefined], constants: [1], attributes: { group: 16 } },
    products(9),
  ),
  sum("averagePool 3x3", { op: "averagePool", operands: [images.x], attributes: { kernel: [3, 3] } }, products(10)),
  {
    name: "attention, 32 queries, 48 keys",
    step: { op: "attention", operands: heads, attributes: { scale: 32 ** -0.5 } },
    ...{ units: "largest", bound: 64, why: "scores of 32 products, exponentials, and sums over 48 keys" },
  },
];
