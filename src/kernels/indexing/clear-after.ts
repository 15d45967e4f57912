import { size, vector } from "../../ir/arguments.ts";
import { kernel } from "../../ir/kernel.ts";

export interface ClearAfter {
  /** Whether the ends are i64. */
  readonly wide: boolean;
}

/**
 * Zeros in the entries of each line from `ends` of its batch entry on. There are `lines` a batch entry, of `length` entries of `words` words. An
 * item is a line.
 */
export const clearAfter = kernel("clear-after", ({ wide }: ClearAfter) => ({
  signature: { ends: vector("i32"), y: vector("i32"), lines: size(), length: size(), words: size() },
  build(k, { ends, y, lines, length, words }) {
    k.items((line) => {
      const batch = k.idiv(line, lines);
      const low = k.loadScalar(ends, k.imul(batch, wide ? 2 : 1));
      const high = wide ? k.loadScalar(ends, k.iadd(k.imul(batch, 2), 1)) : k.sar(low, 31);
      const fits = k.eq(high, k.sar(low, 31));
      const near = k.imin(k.imax(low, 0), length);
      const end = k.select(fits, near, k.select(k.lt(high, 0), 0, length));
      const from = k.imul(k.iadd(k.imul(line, length), end), words);
      k.vectors(k.imul(k.isub(length, end), words), (i, part) => k.store(y, k.iadd(from, i), 0, part));
    });
  },
}));
