/** What `bench-kernel` measures: the example of a kernel, the same work as one operator after another, and as a loop over scalars. One row a kernel. */
import type { Launch, Place } from "../kernels/schedule.ts";
import { operand, result, use } from "../kernels/schedule.ts";
import type { GraphText } from "./kernel-examples.ts";
import type { ScalarKernel } from "./scalar-kernels.ts";
import {
  scalarLayerNorm,
  scalarLinear,
  scalarReduceRows,
  scalarRmsNorm,
  scalarSilu,
  scalarSoftmax,
} from "./scalar-kernels.ts";

export interface KernelBench {
  /** The name of the kernel's example, whose setting `n` is the size. */
  readonly name: string;
  /** The setting that says how many rows there are. */
  readonly rows: "rows" | "m";
  readonly sizes: readonly number[];
  /** The lines of the unfused graph over the same inputs. */
  readonly composed: GraphText["lines"];
  readonly scalar: ScalarKernel;
  /** The scalar kernel's arguments for rows of n. */
  readonly words: (n: number) => Readonly<Record<string, number | Place>>;
}

const rowWords = (n: number) => ({ x: operand(0), xPitch: n, y: result(), yPitch: n, n });
const sizes = [1024, 2048, 4096];

export const kernelBenches: readonly KernelBench[] = [
  {
    name: "rms-norm",
    rows: "rows",
    sizes,
    composed: [
      "mul(x, x)",
      "reduceMean(%0, {axes: [-1], keepDims: true})",
      "add(%1, 1e-6)",
      "sqrt(%2)",
      "div(x, %3)",
      "mul(%4, scale)",
    ],
    scalar: scalarRmsNorm,
    words: (n) => ({ ...rowWords(n), scale: operand(1), eps: 1e-6 }),
  },
  {
    name: "layer-norm",
    rows: "rows",
    sizes,
    composed: [
      "reduceMean(x, {axes: [-1], keepDims: true})",
      "sub(x, %0)",
      "mul(%1, %1)",
      "reduceMean(%2, {axes: [-1], keepDims: true})",
      "add(%3, 1e-5)",
      "sqrt(%4)",
      "div(%1, %5)",
      "mul(%6, scale)",
      "add(%7, bias)",
    ],
    scalar: scalarLayerNorm,
    words: (n) => ({ ...rowWords(n), scale: operand(1), bias: operand(2), eps: 1e-5 }),
  },
  {
    name: "softmax",
    rows: "rows",
    sizes,
    composed: [
      "reduceMax(x, {axes: [-1], keepDims: true})",
      "sub(x, %0)",
      "exp(%1)",
      "reduceSum(%2, {axes: [-1], keepDims: true})",
      "div(%2, %3)",
    ],
    scalar: scalarSoftmax,
    words: rowWords,
  },
  {
    name: "reduce-rows",
    rows: "rows",
    sizes,
    composed: ["reduceSum(x, {axes: [-1], keepDims: false})"],
    scalar: scalarReduceRows,
    words: (n) => ({ x: operand(0), xPitch: n, y: result(), n }),
  },
  {
    name: "elementwise",
    rows: "rows",
    sizes,
    composed: ["sigmoid(x)", "mul(x, %0)"],
    scalar: scalarSilu,
    words: rowWords,
  },
  {
    name: "matmul",
    rows: "m",
    sizes: [256, 512, 1024],
    composed: ["matmul(a, b)", "add(%0, bias)", "relu(%1)"],
    scalar: scalarLinear,
    words: (n) => ({ ...rowWords(n), w: operand(1), bias: operand(2), depth: n }),
  },
];

/** The launch of a bench's scalar kernel over so many rows. */
export function scalarLaunch({ scalar, words }: KernelBench, rows: number, n: number): Launch {
  return { kernel: use(scalar, {}), words: words(n), items: rows, flops: rows * n, bytes: rows * n };
}
