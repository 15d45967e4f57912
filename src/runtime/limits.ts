import { AbortedError, LimitError } from "../tensor/errors.ts";

/** Bounds on one run. */
export interface RunLimits {
  /** Bytes of the arena that a run may need. */
  readonly maxArenaBytes: number;
  /** Milliseconds that one run may take, from its first step on; making kernels for input shapes that are new does not count. */
  readonly timeoutMs: number;
}

export const defaultRunLimits: RunLimits = { maxArenaBytes: 2 ** 35, timeoutMs: Number.POSITIVE_INFINITY };

export const abortedError = (signal: AbortSignal): AbortedError =>
  new AbortedError("The run was aborted by its signal.", { cause: signal.reason });

/** A check that throws AbortedError once the signal fired, and LimitError once the time is over; undefined where neither can happen. */
export function watch(signal: AbortSignal | undefined, timeoutMs: number): (() => void) | undefined {
  if (signal === undefined && timeoutMs === Number.POSITIVE_INFINITY) return undefined;
  const end = performance.now() + timeoutMs;
  return () => {
    if (signal?.aborted) throw abortedError(signal);
    if (performance.now() > end)
      throw new LimitError(
        `The run took longer than limits.timeoutMs = ${timeoutMs}. Use smaller inputs or raise that limit.`,
      );
  };
}
