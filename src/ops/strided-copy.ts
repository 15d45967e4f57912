import type { SlotArray, Slots } from "./slots.ts";
import { copyRun } from "./slots.ts";

/** Elements of a block reached by an offset and a stride per axis, all counted in elements; strides may be 0 or negative. */
export interface Strided {
  readonly slots: Slots;
  readonly offset: number;
  readonly strides: readonly number[];
}

interface Loop {
  readonly count: number;
  readonly from: number;
  readonly to: number;
}

/** Copies a block of `shape` elements from one strided place to another of the same dtype. */
export function stridedCopy(shape: readonly number[], source: Strided, target: Strided): void {
  if (shape.includes(0)) return;
  const { width } = source.slots;
  const [from, to] = [source.offset * width, target.offset * width];
  const loops = mergeLoops(shape, source.strides, target.strides, width);
  const inner = loops.pop();
  if (inner === undefined) {
    target.slots.data[to] = source.slots.data[from]!;
    return;
  }
  const copyInner = innerCopy(inner, loops, source.slots.data, target.slots.data);
  walk(loops, 0, from, to, copyInner);
}

/** The loops in slots, outermost first, without those of one round and with neighbours joined where both sides allow it. */
function mergeLoops(
  shape: readonly number[],
  sourceStrides: readonly number[],
  targetStrides: readonly number[],
  width: number,
): Loop[] {
  const loops: Loop[] = [];
  const all = shape.map((count, i) => ({ count, from: sourceStrides[i]! * width, to: targetStrides[i]! * width }));
  for (const loop of [...all, { count: width, from: 1, to: 1 }]) {
    const outer = loops[loops.length - 1];
    if (loop.count === 1) continue;
    if (outer !== undefined && outer.from === loop.from * loop.count && outer.to === loop.to * loop.count) {
      loops[loops.length - 1] = { ...loop, count: outer.count * loop.count };
    } else loops.push(loop);
  }
  return loops;
}

function walk(
  loops: readonly Loop[],
  depth: number,
  from: number,
  to: number,
  visit: (from: number, to: number) => void,
) {
  const loop = loops[depth];
  if (loop === undefined) return visit(from, to);
  for (let i = 0; i < loop.count; i++) walk(loops, depth + 1, from + i * loop.from, to + i * loop.to, visit);
}

type Copy = (from: number, to: number) => void;

/** The copy of the innermost loop. A transposition takes the loop that is contiguous in the source out of `loops`, to go in tiles. */
function innerCopy(inner: Loop, loops: Loop[], source: SlotArray, target: SlotArray): Copy {
  if (inner.from === 1 && inner.to === 1) return (from, to) => copyRun(source, from, target, to, inner.count);
  const across = loops.findIndex((loop) => loop.from === 1);
  if (across >= 0) {
    const [rows] = loops.splice(across, 1) as [Loop];
    return (from, to) => copyTiles(rows, inner, source, from, target, to);
  }
  return (from, to) => {
    for (let i = 0; i < inner.count; i++) target[to + i * inner.to] = source[from + i * inner.from]!;
  };
}

const tile = 32;

function copyTiles(a: Loop, b: Loop, source: SlotArray, from: number, target: SlotArray, to: number): void {
  for (let i0 = 0; i0 < a.count; i0 += tile) {
    const iEnd = Math.min(i0 + tile, a.count);
    for (let j0 = 0; j0 < b.count; j0 += tile) {
      const jEnd = Math.min(j0 + tile, b.count);
      for (let i = i0; i < iEnd; i++) {
        const [s, t] = [from + i * a.from, to + i * a.to];
        for (let j = j0; j < jEnd; j++) target[t + j * b.to] = source[s + j * b.from]!;
      }
    }
  }
}
