export interface Buffer {
  readonly bytes: number;
  /** The first and last step during which the buffer is in use. */
  readonly from: number;
  readonly to: number;
}

export interface Placement {
  /** The byte offset of each buffer. */
  readonly offsets: readonly number[];
  readonly totalBytes: number;
}

/** Every buffer starts at a multiple of this: a cache line, and the widest vector. */
export const alignment = 64;

const align = (bytes: number): number => Math.ceil(bytes / alignment) * alignment;

/**
 * Places buffers in one arena so that none overlaps another in both time and space: largest first, each at the lowest offset that is free
 * for its whole life (greedy by size, after Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020).
 */
export function placeBuffers(buffers: readonly Buffer[]): Placement {
  const offsets = new Array<number>(buffers.length).fill(0);
  const bySize = buffers
    .map((_buffer, i) => i)
    .sort((a, b) => (buffers[b] as Buffer).bytes - (buffers[a] as Buffer).bytes || a - b);
  const placed: { start: number; end: number; from: number; to: number }[] = [];
  let totalBytes = 0;
  for (const i of bySize) {
    const { bytes, from, to } = buffers[i] as Buffer;
    const size = align(bytes);
    if (size === 0) continue;
    let start = 0;
    for (const other of placed) {
      if (other.from > to || other.to < from) continue;
      if (start + size <= other.start) break;
      start = Math.max(start, other.end);
    }
    offsets[i] = start;
    insertByStart(placed, { start, end: start + size, from, to });
    totalBytes = Math.max(totalBytes, start + size);
  }
  return { offsets, totalBytes };
}

function insertByStart<T extends { readonly start: number }>(sorted: T[], item: T): void {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as T).start <= item.start) low = middle + 1;
    else high = middle;
  }
  sorted.splice(low, 0, item);
}
