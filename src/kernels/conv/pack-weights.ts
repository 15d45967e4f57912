import { size, vector } from "../../ir/arguments.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Storage } from "../../ir/type.ts";
import { numbers } from "../../tensor/numbers.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { storageOf } from "../elementwise/storage-of.ts";
import type { Launch, Packed, Place, TensorFacts } from "../schedule.ts";
import { operand, packed, temporary, use } from "../schedule.ts";

/** Rows of weights [blocks][rows][depth] in panels of `width` rows, as f32 [blocks][rows / width][depth][width], filled up with zeros. */
export interface WeightPanels {
  readonly blocks: number;
  readonly rows: number;
  readonly depth: number;
  readonly width: number;
}

/** Elements of the panels, and what vectors of the widest targets may reach beyond them. */
const panelElements = ({ blocks, rows, depth, width }: WeightPanels): number =>
  blocks * Math.ceil(rows / width) * depth * width + 256;

/** Panels made once from constant weights. */
export function packWeights(source: Tensor, shape: WeightPanels): Packed {
  const { blocks, rows, depth, width } = shape;
  return {
    source,
    key: `weight panels ${JSON.stringify(shape)}`,
    bytes: 4 * panelElements(shape),
    write(target) {
      const from = numbers(source);
      const to = new Float32Array(target.buffer, target.byteOffset, panelElements(shape));
      const panels = Math.ceil(rows / width);
      for (let row = 0; row < blocks * rows; row++) {
        const [block, inBlock] = [Math.floor(row / rows), row % rows];
        const panel = block * panels + Math.floor(inBlock / width);
        const start = panel * depth * width + (inBlock % width);
        for (let p = 0; p < depth; p++) to[start + p * width] = from[row * depth + p] as number;
      }
    },
  };
}

/** Panels from weights that are known only at run time. An item is a panel. */
const packPanels = kernel("pack-panels", ({ storage, width }: { storage: Storage; width: number }) => ({
  signature: { w: vector(storage), panels: vector(), rows: size(), depth: size(), perBlock: size() },
  build(k, { w, panels, rows, depth, perBlock }) {
    k.items((item) => {
      const block = k.idiv(item, perBlock);
      const first = k.imul(k.irem(item, perBlock), width);
      const to = k.viewAt(panels, k.imul(k.imul(item, depth), width));
      k.loop(0, width, 1, (i) => {
        const row = k.iadd(first, i);
        const exists = k.lt(row, rows);
        const from = k.viewAt(w, k.imul(k.iadd(k.imul(block, rows), row), depth));
        k.when(exists, () => {
          k.loop(0, depth, 1, (p) => k.storeScalar(to, k.iadd(k.imul(p, width), i), k.loadScalar(from, p)));
        });
        k.when(k.eq(exists, 0), () => {
          k.loop(0, depth, 1, (p) => k.storeScalar(to, k.iadd(k.imul(p, width), i), 0));
        });
      });
    });
  },
}));

/** Where the panels of an operand lie, and what makes them: data packed once where it is constant, else a launch and memory for it. */
export interface PlacedPanels {
  readonly place: Place;
  readonly packed: readonly Packed[];
  readonly temporaries: readonly number[];
  readonly launches: readonly Launch[];
}

/** Places the panels of operand `index`. */
export function placePanels(weights: TensorFacts, index: number, shape: WeightPanels): PlacedPanels {
  if (weights.constant) {
    return { place: packed(0), packed: [packWeights(weights.constant, shape)], temporaries: [], launches: [] };
  }
  const { blocks, rows, depth, width } = shape;
  const perBlock = Math.ceil(rows / width);
  const elements = panelElements(shape);
  const launch: Launch = {
    kernel: use(packPanels, { storage: storageOf(weights.dtype) as Storage, width }),
    words: { w: operand(index), panels: temporary(0), rows, depth, perBlock },
    items: blocks * perBlock,
    flops: 0,
    bytes: 8 * elements,
  };
  return { place: temporary(0), packed: [], temporaries: [4 * elements], launches: [launch] };
}
