import { size, vector } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import type { View } from "../../ir/view.ts";
import type { Finish } from "./finish.ts";
import { finishRow, finishSignature } from "./finish.ts";

export interface InterleaveRows {
  /** How many sources take turns along a row. */
  readonly columns: number;
  readonly y: Storage;
  readonly finish: Finish;
}

/** Elements of a row that are interleaved at a time. */
const chunk = 1024;

/**
 * Rows whose element i is element i / columns of source i mod columns, finished. An item is a row. Source s has planes
 * [batch · group][rows of s][depth][height][count of s], of which the first `outputs` of each group are meant; the result
 * has all of those as planes, and its rows are reached from `first` on by pitches.
 */
export const interleaveRows = kernel("interleave-rows", ({ columns, y: storage, finish }: InterleaveRows) => ({
  signature: {
    y: vector(storage),
    ...sourceSignature(columns),
    outputs: size(),
    channels: size(),
    depth: size(),
    height: size(),
    width: size(),
    planePitch: size(),
    depthPitch: size(),
    rowPitch: size(),
    first: size(),
    ...finishSignature(finish),
  },
  build(k, args) {
    const { y, outputs, channels, depth, height, width } = args;
    const named = args as unknown as Readonly<Record<string, View & Node>>;
    const joined = k.scratch(chunk + 64 * columns);
    k.items((item) => {
      const outer = k.idiv(item, height);
      const [h, d, plane] = [k.irem(item, height), k.irem(outer, depth), k.idiv(outer, depth)];
      const line = k.iadd(k.imul(d, height), h);
      const rows = Array.from({ length: columns }, (_, s): View => {
        const inPlanes = k.iadd(k.imul(k.idiv(plane, outputs), named[`rows${s}`] as Node), k.irem(plane, outputs));
        const row = k.iadd(k.imul(inPlanes, k.imul(depth, height)), line);
        return k.viewAt(named[`x${s}`] as View, k.imul(row, named[`count${s}`] as Node));
      });
      const start = k.iadd(
        k.iadd(args.first, k.imul(plane, args.planePitch)),
        k.iadd(k.imul(d, args.depthPitch), k.imul(h, args.rowPitch)),
      );
      const to = k.viewAt(y, start);
      const row = finishRow(k, { finish, args, channel: k.irem(plane, channels), start });
      const part = Math.floor(chunk / columns / 4) * 4 * columns;
      k.loop(0, width, part, (i) => {
        const count = k.imin(k.isub(width, i), part);
        join(k, { rows: rows.map((view) => k.viewAt(view, k.idiv(i, columns))), joined, count });
        k.vectors(count, (j, lanes) => {
          const at = k.iadd(i, j);
          k.store(to, at, row.apply(k.load(joined, j, lanes), at, lanes), lanes);
        });
      });
    });
  },
}));

function sourceSignature(columns: number): Record<string, ReturnType<typeof vector> | ReturnType<typeof size>> {
  return Object.fromEntries(
    Array.from({ length: columns }, (_, s) => [
      [`x${s}`, vector()] as const,
      [`rows${s}`, size()] as const,
      [`count${s}`, size()] as const,
    ]).flat(),
  );
}

interface Join {
  readonly rows: readonly View[];
  readonly joined: View;
  /** Elements of the joined row. */
  readonly count: Node;
}

function join(k: Builder, { rows, joined, count }: Join): void {
  const columns = rows.length;
  const [even, odd] = rows as readonly [View, View];
  const quads = columns === 2 ? k.and(k.idiv(count, 2), -4) : k.integer(0);
  if (columns === 2) {
    k.loop(0, quads, 4, (i) => {
      const [a, b] = [k.loadQuad(even, i), k.loadQuad(odd, i)];
      const at = k.imul(i, 2);
      k.storeQuad(joined, at, k.shuffle(a, b, [0, 4, 1, 5]));
      k.storeQuad(joined, k.iadd(at, 4), k.shuffle(a, b, [2, 6, 3, 7]));
    });
  }
  rows.forEach((row, s) => {
    const behind = k.idiv(k.isub(k.iadd(count, columns - 1), s), columns);
    k.loop(quads, behind, 1, (i) => k.storeScalar(joined, k.iadd(k.imul(i, columns), s), k.loadScalar(row, i)));
  });
}
