import { rows, size, vector } from "../../ir/arguments.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Storage } from "../../ir/type.ts";

export interface ShiftRows {
  readonly storage: Storage;
  /** Whether there are zero points. */
  readonly hasZeros: boolean;
}

/**
 * y[r] = x[r] less zeros[r mod zeroCount], as i16, with a 0 after the n elements of a row where they are odd in number; an item is a row.
 */
export const shiftRows = kernel("shift-rows", ({ storage, hasZeros }: ShiftRows) => ({
  signature: { x: rows(storage), y: rows("i16"), zeros: vector(storage), zeroCount: size(), n: size() },
  build(k, { x, y, zeros, zeroCount, n }) {
    k.items((r) => {
      const zero = hasZeros ? k.loadSplat(zeros, k.irem(r, zeroCount)) : k.constant(0, "vec i32");
      const [from, to] = [x.row(r), y.row(r)];
      k.vectors(n, (i, part) => k.store(to, i, k.isub(k.load(from, i, part), zero), part));
      k.when(k.and(n, 1), () => k.storeScalar(to, n, 0));
    });
  },
}));
