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
  const timeline = new Timeline();
  let totalBytes = 0;
  for (const i of bySize) {
    const { bytes, from, to } = buffers[i] as Buffer;
    const size = align(bytes);
    if (size === 0) continue;
    let start = 0;
    for (const other of timeline.during(from, to)) {
      if (start + size <= other.start) break;
      start = Math.max(start, other.end);
    }
    offsets[i] = start;
    timeline.add({ start, end: start + size, from, to });
    totalBytes = Math.max(totalBytes, start + size);
  }
  return { offsets, totalBytes };
}

interface Placed {
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

/** Steps that share a list: long lives are in few lists, and lists stay short. */
const spanSteps = 64;

/** Placed buffers by when they are in use, so that a search meets those of its own time only. */
class Timeline {
  readonly #spans = new Map<number, Placed[]>();

  add(placed: Placed): void {
    for (let span = spanOf(placed.from); span <= spanOf(placed.to); span++) {
      const list = this.#spans.get(span);
      if (list === undefined) this.#spans.set(span, [placed]);
      else list.push(placed);
    }
  }

  /** Those in use at some time of a life, by their offset. */
  during(from: number, to: number): readonly Placed[] {
    const found = new Set<Placed>();
    for (let span = spanOf(from); span <= spanOf(to); span++) {
      for (const placed of this.#spans.get(span) ?? []) if (placed.from <= to && placed.to >= from) found.add(placed);
    }
    return [...found].sort((a, b) => a.start - b.start);
  }
}

const spanOf = (step: number): number => Math.floor(step / spanSteps);
