import type { Target } from "../../ir/target.ts";
import type { Launch, Place } from "../schedule.ts";
import { use } from "../schedule.ts";
import { cutRows, tileFor } from "./choose-tile.ts";
import { cutColumns } from "./cut-columns.ts";
import { matmul } from "./matmul.ts";

/** One product of f32: c [m, n] = a [m, depth] · b + bias. */
export interface DenseProduct {
  readonly m: number;
  readonly n: number;
  readonly depth: number;
  readonly a: Place;
  /** Panels [n / width][depth][width] of `panelWidth` columns, of f32. */
  readonly b: Place;
  readonly c: Place;
  readonly bias?: Place | undefined;
}

/** The columns of a panel of b. */
export const panelWidth = (target: Target, n: number): number => tileFor(target, n).nv * (target.lanes as number);

/** The launches of a product of rows that lie one after another. */
export function denseLaunches({ m, n, depth, a, b, c, bias }: DenseProduct, target: Target): Launch[] {
  const tile = tileFor(target, n);
  const width = panelWidth(target, n);
  const others = bias ? ([{ storage: "f32", repeats: n === 1 }] as const) : [];
  return cutRows(m, tile).map((run): Launch => {
    const { mr, nv, span, firstRow, rowPanels } = run;
    const cut = cutColumns(run, { n, depth, batch: 1 }, target.lanes as number);
    const options = { mr, nv, span, steps: 1, rank: 0, storage: "f32", result: "f32", others } as const;
    const form = { ...options, packsColumns: true, packsRows: false };
    const rows = mr * rowPanels;
    return {
      kernel: bias
        ? use(
            matmul,
            { ...form, finish: (k, sum, added) => k.add(sum, added as NonNullable<typeof added>) },
            `${JSON.stringify(form)} plus`,
          )
        : use(matmul, form),
      words: {
        ...{ a, aStride0: depth, b, tail: b, c, cStride0: n, n, depth, firstRow, rowPanels, ...cut.words },
        ...{ bPitch: width, bPanel: depth * width, tailPitch: width, regular: Math.ceil(n / width) },
        ...(bias && { x0: bias, x0Stride0: 0 }),
      },
      items: n === 0 ? 0 : cut.blocks * rowPanels,
      flops: 2 * rows * n * depth,
      bytes: 4 * (rows * (depth + n) + depth * n),
    };
  });
}
