/** Copies of strided blocks, of any dtype, as loops over bytes that a kernel can do. */

/** `count` steps of so many bytes at the source and at the target. */
export interface Loop {
  readonly count: number;
  readonly from: number;
  readonly to: number;
}

/** How a block of elements is copied: strides in elements, which may be 0 or negative at the source. */
export interface StridedCopy {
  readonly shape: readonly number[];
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** Bytes of an element. */
  readonly width: number;
}

/** Bytes that are moved as one element. */
export type Width = 1 | 2 | 4 | 8 | 16;

/** What a kernel moves at a time: a whole element, or a run of bytes of any other length. */
export type Body =
  | { readonly kind: "element"; readonly bytes: Width }
  | { readonly kind: "run"; readonly bytes: number };

export interface CopyPlan {
  readonly body: Body;
  /** Loops around the body, outermost first; none has a count of 1. */
  readonly loops: readonly Loop[];
}

const widths: ReadonlySet<number> = new Set([1, 2, 4, 8, 16]);

/** A body by its bytes. */
export const bodyOf = (bytes: number): Body =>
  widths.has(bytes) ? { kind: "element", bytes: bytes as Width } : { kind: "run", bytes };

/** The loops over each element of a block, outermost first; neighbours are joined where both sides allow it. The shape has no 0. */
export function elementLoops({ shape, from, to, width }: StridedCopy): Loop[] {
  const loops: Loop[] = [];
  for (let d = shape.length - 1; d >= 0; d--) {
    const loop = { count: shape[d] as number, from: (from[d] as number) * width, to: (to[d] as number) * width };
    if (loop.count === 1) continue;
    const [inner] = loops;
    if (inner && loop.from === inner.from * inner.count && loop.to === inner.to * inner.count)
      loops[0] = { ...inner, count: inner.count * loop.count };
    else loops.unshift(loop);
  }
  return loops;
}

/** The loops of a copy, the innermost one as runs where its elements are side by side. The shape has no 0. */
export function copyPlan(copy: StridedCopy): CopyPlan {
  const { width } = copy;
  const loops = elementLoops(copy);
  const last = loops.at(-1);
  if (last?.from !== width || last.to !== width) return { body: bodyOf(width), loops };
  return { body: bodyOf(width * last.count), loops: loops.slice(0, -1) };
}
