import { rows, size, vector } from "../../ir/arguments.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Storage } from "../../ir/type.ts";
import type { Reduction, ReductionName } from "./reductions.ts";
import { accumulate, finished, reductions } from "./reductions.ts";

export interface ReduceRows {
  readonly reduction: ReductionName;
  readonly storage?: Storage;
  /** How the result is stored; as x when left out. */
  readonly result?: Storage;
}

/** y[r] = the reduction of the n elements of row r; an item is a row. */
export const reduceRows = kernel("reduce-rows", ({ reduction, storage = "f32", result = storage }: ReduceRows) => ({
  signature: { x: rows(storage), y: vector(result), n: size() },
  build(k, { x, y, n }) {
    const how: Reduction = reductions[reduction];
    k.items((r) => {
      const xr = x.row(r);
      const value = k.fold(n, {
        init: how.init,
        combine: how.combine,
        step: (acc, i, part) => accumulate(k, how, acc, k.load(xr, i, part)),
      });
      k.storeScalar(y, r, finished(k, how, value, n));
    });
  },
}));
