import type { Launch } from "../kernels/schedule.ts";

/** What a core does at least, for the length of chunks alone. */
const flopsPerSecond = 20e9;
const bytesPerSecond = 10e9;

/** How long one call of a kernel should take: a driver looks for cancellation between calls. */
const secondsPerCall = 50e-6;

/** Work items of a launch that one call does. */
export function chunkItems({ items, flops, bytes }: Pick<Launch, "items" | "flops" | "bytes">): number {
  const seconds = Math.max(flops / flopsPerSecond, bytes / bytesPerSecond);
  if (items <= 1 || seconds <= secondsPerCall) return Math.max(1, items);
  return Math.max(1, Math.min(items, Math.round((items * secondsPerCall) / seconds)));
}
