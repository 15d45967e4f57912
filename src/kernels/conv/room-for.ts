/** Sizes of scratch, in elements; above them, powers of 2. */
const rooms = [1 << 13, 1 << 16, 1 << 18] as const;
/** What a few vectors may reach beyond the end of a row. */
const widestVectors = 256;

/** A room of scratch for so many elements, one of few, as each size makes kernels of its own. */
export function roomFor(elements: number): number {
  return rooms.find((room) => room >= elements) ?? 2 ** Math.ceil(Math.log2(elements));
}

/** The same for rows that are read and written in whole vectors. */
export const roomForRows = (elements: number): number => roomFor(elements + widestVectors);
