// Prints what a row of rmsNorm costs on each target of the task, in place, beside loops that only read, and read then rewrite it, and beside
// the norm written with one scalar sum.

import type { RmsNorm } from "../../src/kernels/norm/rms-norm.ts";
import { rmsNorm } from "../../src/kernels/norm/rms-norm.ts";
import type { KernelUse } from "../../src/kernels/schedule.ts";
import { use } from "../../src/kernels/schedule.ts";
import type { KernelHost } from "../../src/runtime/kernel-host.ts";
import { floats, openHost, prepare, secondsPerItem } from "./repeat-launch.ts";
import { readRow, readThenRewriteRow, scalarRmsNorm } from "./roof-kernels.ts";

interface RowTimes {
  readonly target: string;
  readonly size: number;
  /** Milliseconds from the kernel of a model's norm to code that can be called. The self-test of a native target has made it already. */
  readonly compileMs: number;
  readonly readNs: number;
  readonly readThenRewriteNs: number;
  readonly plainNs: number;
  readonly scaleNs: number;
  readonly scaleAndResidualNs: number;
  readonly scalarNs: number;
}

function timesOf(target: string, size: number): RowTimes {
  const host = openHost(target);
  try {
    return { target, size, ...measure(host, size) };
  } finally {
    host.dispose();
  }
}

function measure(host: KernelHost, size: number): Omit<RowTimes, "target" | "size"> {
  const [x, residual, sum, scale, kept] = [
    floats(host, size),
    floats(host, size),
    floats(host, size),
    floats(host, size),
    floats(host, 16),
  ];
  const words = {
    x,
    xPitch: 0,
    y: x,
    yPitch: 0,
    n: size,
    eps: 1e-5,
    scale,
    residual,
    residualPitch: 0,
    sum,
    sumPitch: 0,
    kept,
  };
  const nanoseconds = (kernel: KernelUse) =>
    1e9 * secondsPerItem(prepare(host, kernel, words), { callMs: 2, calls: 40 });
  const norm = (options: RmsNorm) => use(rmsNorm, { storage: "f32", result: "f32", ...options });
  const start = performance.now();
  host.install([norm({ scale: "f32" })]);
  const compileMs = performance.now() - start;
  return {
    compileMs,
    readNs: nanoseconds(use(readRow, {})),
    readThenRewriteNs: nanoseconds(use(readThenRewriteRow, {})),
    plainNs: nanoseconds(norm({})),
    scaleNs: nanoseconds(norm({ scale: "f32" })),
    scaleAndResidualNs: nanoseconds(norm({ scale: "f32", residual: true })),
    scalarNs: nanoseconds(use(scalarRmsNorm, {})),
  };
}

const { targets, sizes } = JSON.parse(process.argv[2] ?? "{}") as {
  targets: readonly string[];
  sizes: readonly number[];
};
console.log(JSON.stringify(targets.flatMap((target) => sizes.map((size) => timesOf(target, size)))));
