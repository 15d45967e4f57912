/** Elementwise work over broadcast tensors in as few dimensions as they allow. */
export interface Collapsed {
  /** Outer extents, outermost first. */
  readonly extents: readonly number[];
  /** Elements of the innermost dimension. */
  readonly n: number;
  /** For each operand its outer strides in elements, 0 where it repeats, and whether one element serves the innermost dimension. */
  readonly operands: readonly { readonly strides: readonly number[]; readonly repeats: boolean }[];
}

/** The strides in elements of a row-major tensor broadcast to `rank` dimensions; 0 for dims of 1. */
export function broadcastStrides(shape: readonly number[], rank: number): number[] {
  const strides = new Array<number>(rank).fill(0);
  let stride = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    const extent = shape[d] as number;
    if (extent !== 1) strides[d + rank - shape.length] = stride;
    stride *= extent;
  }
  return strides;
}

/** Joins neighbouring dimensions through which every operand walks evenly. The result is row-major and never repeats. */
export function collapse(result: readonly number[], operands: readonly (readonly number[])[]): Collapsed {
  const rank = result.length;
  const all = operands.map((shape) => broadcastStrides(shape, rank));
  const extents: number[] = [];
  const strides: number[][] = operands.map(() => []);
  for (let d = 0; d < rank; d++) {
    const extent = result[d] as number;
    if (extent === 1) continue;
    const joins = extents.length > 0 && all.every((s, i) => strides[i]?.at(-1) === (s[d] as number) * extent);
    if (joins) extents[extents.length - 1] = (extents.at(-1) as number) * extent;
    else extents.push(extent);
    all.forEach((s, i) => {
      const list = strides[i] as number[];
      if (joins) list[list.length - 1] = s[d] as number;
      else list.push(s[d] as number);
    });
  }
  if (extents.length === 0) {
    return { extents: [], n: 1, operands: operands.map(() => ({ strides: [], repeats: false })) };
  }
  return {
    extents: extents.slice(0, -1),
    n: extents.at(-1) as number,
    operands: strides.map((list) => ({ strides: list.slice(0, -1), repeats: list.at(-1) === 0 })),
  };
}
