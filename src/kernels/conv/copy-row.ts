import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { View } from "../../ir/view.ts";
import { everyOther } from "./every-other.ts";

/** A stride along rows that kernels are made for, or 0 for what the argument says. */
export type KnownStride = 0 | 1 | 2;

export const knownStride = (stride: number): KnownStride => (stride === 1 || stride === 2 ? stride : 0);

/** Elements of a row, `step` apart. */
export interface CopyRow {
  readonly row: View;
  readonly to: View;
  readonly count: Node;
  /** The step where it is known. */
  readonly stride: KnownStride;
  readonly step: Node;
  /** An i32 that is taken off every element. */
  readonly less?: Node | undefined;
}

/**
 * to[i] = row[i · step] - less; reads no further than the last element. The two do not overlap: the last vector may lie over the one before.
 * Nothing is stored in part, which is slow.
 */
export function copyRow(k: Builder, { row, to, count, stride, step, less }: CopyRow): void {
  const lessened = (value: Node): Node => (less ? k.isub(value, less) : value);
  if (stride === 1) {
    const { lanes } = k;
    k.when(k.lt(count, lanes), () => {
      const quads = k.and(count, -4);
      k.loop(0, quads, 4, (i) => k.storeQuad(to, i, lessened(k.loadQuad(row, i))));
      k.loop(quads, count, 1, (i) => k.storeScalar(to, i, lessened(k.loadScalar(row, i))));
    });
    k.when(k.le(lanes, count), () => {
      const last = k.isub(count, lanes);
      const copy = (i: Node): void => k.store(to, i, lessened(k.load(row, i)));
      k.loop(0, last, lanes, copy);
      copy(last);
    });
    return;
  }
  const quads = stride === 2 ? k.and(k.imax(count, 0), -4) : k.integer(0);
  if (stride === 2) {
    k.loop(0, quads, 4, (i) => k.storeQuad(to, i, lessened(everyOther(k, row, k.imul(i, 2)))));
  }
  k.loop(quads, count, 1, (i) => k.storeScalar(to, i, lessened(k.loadScalar(row, k.imul(i, step)))));
}
