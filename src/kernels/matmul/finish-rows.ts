import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { View } from "../../ir/view.ts";
import type { ElementwiseOperand } from "../elementwise/elementwise.ts";

/** Rows of some pitch. */
export interface Beside {
  readonly view: View;
  readonly pitch: Node;
}

export interface FinishForm {
  readonly others: readonly ElementwiseOperand[];
  readonly finish?: (k: Builder, sum: Node, ...others: Node[]) => Node;
}

export interface FinishedRows {
  readonly from: Beside;
  readonly to: Beside;
  /** The rows of the others, in their order. */
  readonly beside: readonly Beside[];
  /** How many rows, and the elements of one. */
  readonly rows: Node | number;
  readonly wide: Node;
}

/** Stores rows of sums, finished. */
export function finishRows(
  k: Builder,
  { others, finish }: FinishForm,
  { from, to, beside, rows: count, wide }: FinishedRows,
): void {
  k.loop(0, count, 1, (i) => {
    const rowOf = ({ view, pitch }: Beside): View => k.viewAt(view, k.imul(i, pitch));
    const [source, target] = [rowOf(from), rowOf(to)];
    const values = beside.map((rows, x) => (others[x]?.repeats ? k.loadSplat(rowOf(rows), 0) : rowOf(rows)));
    k.vectors(wide, (j, part) => {
      const sum = k.load(source, j, part);
      const taken = values.map((value) => ("pointer" in value ? k.load(value, j, part) : value));
      k.store(target, j, finish ? finish(k, sum, ...taken) : sum, part);
    });
  });
}
