import type { Body, Loop } from "../movement/copy-plan.ts";
import { bodyForm, rowsLaunch } from "../movement/rows-of-bytes.ts";
import type { Launch, Launches, Place } from "../schedule.ts";
import { temporary, use } from "../schedule.ts";
import type { Combining } from "./combine-row.ts";
import type { IndexRows } from "./index-rows.ts";
import { indexRows } from "./index-rows.ts";
import type { IndexForm } from "./place-of-index.ts";

/** Rows that go from or to where indices say. */
export interface IndexedRows {
  readonly form: IndexForm;
  readonly side: IndexRows["side"];
  readonly per: IndexRows["per"];
  readonly body: Body;
  /** The last one is over the rows. */
  readonly loops: readonly Loop[];
  readonly source: Place;
  readonly target: Place;
  readonly indices: Place;
  /** Entries along each axis that the indices name, and the bytes from one to the next. */
  readonly limits: readonly number[];
  readonly strides: readonly number[];
  /** Whether rows are done in order, by one item each part of them. */
  readonly inOrder?: boolean;
  readonly combine?: Combining | undefined;
}

/** The launch that moves the rows, after others, with its temporary for faults. */
export function indexLaunches(rows: IndexedRows, before: readonly Launch[] = []): Launches {
  const { form, side, per, body, loops, limits, strides, inOrder = false, combine } = rows;
  const { words, items, ...work } = rowsLaunch(body, loops);
  const { total = 0, parts = 1 } = words;
  const axes = limits.flatMap((limit, d) => [
    [`limit${d}`, limit],
    [`stride${d}`, strides[d] as number],
  ]);
  const dense = body.kind === "element" && loops.at(-1)?.[side === "from" ? "to" : "from"] === body.bytes;
  const rank = Math.max(0, loops.length - 1);
  const options: IndexRows = { rank, body: bodyForm(body), side, per, dense, combine, ...form };
  const flags = form.checked ? { flags: temporary(0) } : {};
  const launch: Launch = {
    ...work,
    kernel: use(indexRows, options),
    words: {
      from: rows.source,
      to: rows.target,
      indices: rows.indices,
      ...words,
      ...(inOrder && { block: total }),
      ...Object.fromEntries(axes),
      ...flags,
    },
    items: inOrder ? parts : items,
  };
  const launches = [...before, launch];
  if (!form.checked) return { launches };
  return { launches, temporaries: [4 * launch.items], fault: { temporary: 0, words: launch.items } };
}
