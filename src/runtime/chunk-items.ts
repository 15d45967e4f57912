import type { Launch } from "../kernels/schedule.ts";

/** What a core does at least, for the length of chunks and slices alone. */
const flopsPerSecond = 20e9;
const bytesPerSecond = 10e9;

/** How long one call of a kernel should take: a driver looks for cancellation between calls. */
const secondsPerCall = 50e-6;

type Work = Pick<Launch, "flops" | "bytes">;

/** How long a launch takes, roughly and at most. */
export const secondsOf = ({ flops, bytes }: Work): number => Math.max(flops / flopsPerSecond, bytes / bytesPerSecond);

/** Work items of a launch that one call does. */
export function chunkItems({ items, flops, bytes }: Work & Pick<Launch, "items">): number {
  const seconds = secondsOf({ flops, bytes });
  if (items <= 1 || seconds <= secondsPerCall) return Math.max(1, items);
  return Math.max(1, Math.min(items, Math.round((items * secondsPerCall) / seconds)));
}
