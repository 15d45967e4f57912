import { LimitError } from "../tensor/errors.ts";

/** How bytes are read, wherever they come from. */
export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly maxBytes: number;
  /** Told the bytes read so far, and how many there are, 0 while that is not known. */
  readonly onBytes?: ((done: number, total: number) => void) | undefined;
}

/** Throws LimitError when something has more bytes than limits.maxBytes. */
export function checkSize(label: string, size: number, maxBytes: number): void {
  if (size <= maxBytes) return;
  throw new LimitError(
    `${label} has ${size} bytes or more, over limits.maxBytes = ${maxBytes}. If you trust it, raise that limit.`,
  );
}
