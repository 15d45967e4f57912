/** Sizes of scratch, in elements; above them, powers of 2. */
const rooms = [1 << 13, 1 << 16, 1 << 18] as const;

/** A room of scratch for so many elements, one of few, as each size makes kernels of its own. */
export function roomFor(elements: number): number {
  return rooms.find((room) => room >= elements) ?? 2 ** Math.ceil(Math.log2(elements));
}
