import type { TileShape } from "../../ir/target.ts";
import type { Storage } from "../../ir/type.ts";
import { bytesFor } from "../../tensor/dtype.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { storageOf } from "../elementwise/storage-of.ts";
import type { Launch, TensorFacts } from "../schedule.ts";
import { operand, temporary, use } from "../schedule.ts";
import type { TileRun } from "./choose-tile.ts";
import { cutRows } from "./choose-tile.ts";
import type { FloatOperand } from "./float-operand.ts";
import { floatOperand } from "./float-operand.ts";
import { packRows } from "./pack-rows.ts";
import type { Product } from "./product.ts";

/** Panels of b from which on it pays to pack the rows of a for them. */
const panelsToPack = 12;

/** Where a product finds a, and whether its rows are packed there. */
export interface Rows extends FloatOperand {
  readonly isPacked: boolean;
}

export interface RowsRequest {
  readonly a: TensorFacts;
  readonly product: Product;
  readonly tile: TileShape;
  readonly lanes: number;
  /** The number of the next temporary. */
  readonly next: number;
}

/** Operand 0 as rows of f32: packed for tiles where many columns make use of that; else as it is, or converted. */
export function rowsOf({ a, product, tile, lanes, next }: RowsRequest): Rows {
  const { m, n, depth } = product;
  if (m < tile.mr || n < panelsToPack * tile.nv * lanes) return { ...floatOperand(a, 0, next), isPacked: false };
  const count = elementCount(a.shape);
  const [best, lower = best] = cutRows(m, tile) as [TileRun, TileRun?];
  const rowPanels = best.rowPanels + (lower === best ? 0 : lower.rowPanels);
  const whole = best.mr === tile.mr ? best.rowPanels : 0;
  const matrices = depth === 0 ? 0 : count / (m * depth);
  const launch: Launch = {
    kernel: use(packRows, { mr: tile.mr, storage: storageOf(a.dtype) as Storage }),
    words: { a: operand(0), packed: temporary(next), m, depth, rowPanels, whole, lower: lower.mr },
    items: matrices * rowPanels,
    flops: 0,
    bytes: bytesFor(a.dtype, count) + 4 * count,
  };
  return { place: temporary(next), launches: [launch], temporaries: [4 * count], isPacked: true };
}
