import type { Target } from "../../ir/target.ts";
import type { ConvShape } from "./geometry.ts";
import { unrolled } from "./geometry.ts";
import type { GatherOptions, PlannedGather } from "./plan-gather.ts";
import { planGather, tileFor } from "./plan-gather.ts";
import { planRows } from "./plan-rows.ts";

/** Plans the launch of a convolution as a product of weights with windows: where padded rows lie, or gathered. */
export function planProduct(shape: ConvShape, target: Target, options: GatherOptions): PlannedGather {
  const tile = tileFor(target, shape.outputs);
  const inRows = planRows(shape, tile, { ...options, target });
  if (inRows) return { mr: tile.mr, launch: inRows };
  const asRow = unrolled(shape);
  const inRow = planRows(asRow, tile, { ...options, target });
  return inRow ? { mr: tile.mr, launch: inRow } : planGather(asRow, target, options);
}
