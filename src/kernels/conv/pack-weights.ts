import { size, vector } from "../../ir/arguments.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import { numbers } from "../../tensor/numbers.ts";
import { elementRuns } from "../../tensor/stored-tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { storageOf } from "../elementwise/storage-of.ts";
import type { Launch, Packed, Place, TensorFacts } from "../schedule.ts";
import { operand, packed, temporary, use } from "../schedule.ts";
import type { ConvShape, Three } from "./geometry.ts";
import { product } from "./geometry.ts";

/**
 * How rows of weights are read, and the panels that are made of them: f32 [blocks][rows of a block / width][depth][width], the
 * depth running over channels, then the window. The rows of a block come in parts, each of `rows` rows.
 */
export interface WeightRows {
  readonly blocks: number;
  /** Where the first row of each part begins in the first block, in elements. */
  readonly parts: readonly number[];
  readonly rows: number;
  /** Elements from one block to the next, and from one row to the next. */
  readonly blockStride: number;
  readonly rowStride: number;
  /** Channels, and elements of the window along each axis, with the elements from one to the next. */
  readonly extents: readonly [channels: number, ...window: Three];
  readonly strides: readonly [channels: number, ...window: Three];
  readonly width: number;
}

/** The rows of a convolution's weights [group · outputs, channels, ...kernel]. */
export function convRows({ group, outputs, depth, channels, kernel: window }: ConvShape, width: number): WeightRows {
  const [d, h, w] = window;
  return {
    blocks: group,
    parts: [0],
    rows: outputs,
    blockStride: outputs * depth,
    rowStride: depth,
    extents: [channels, d, h, w],
    strides: [d * h * w, h * w, w, 1],
    width,
  };
}

const panelsOf = ({ parts, rows, width }: WeightRows): number => Math.ceil((parts.length * rows) / width);

/** Elements of the panels, and what vectors of the widest targets may reach beyond them. */
const panelElements = (shape: WeightRows): number =>
  shape.blocks * panelsOf(shape) * product(shape.extents) * shape.width + 256;

/** Panels made once from constant weights, filled up with zeros. */
export function packWeights(source: Tensor, shape: WeightRows): Packed {
  return {
    source,
    key: `weight panels ${JSON.stringify(shape)}`,
    bytes: 4 * panelElements(shape),
    write(target) {
      const to = new Float32Array(target.buffer, target.byteOffset, panelElements(shape));
      writePanels(source, to, shape);
    },
  };
}

function writePanels(source: Tensor, to: Float32Array, shape: WeightRows): void {
  const { blocks, parts, rows, blockStride, rowStride, width } = shape;
  const offsets = depthOffsets(shape);
  const depth = offsets.length;
  const panels = panelsOf(shape);
  const read = rowReader(source, offsets);
  for (let block = 0; block < blocks; block++) {
    for (let row = 0; row < parts.length * rows; row++) {
      const part = parts[Math.floor(row / rows)] as number;
      const { from, first } = read(block * blockStride + part + (row % rows) * rowStride);
      const at = (block * panels + Math.floor(row / width)) * depth * width + (row % width);
      for (let p = 0; p < depth; p++) to[at + p * width] = from[first + (offsets[p] as number)] as number;
    }
  }
}

/** Reads a row by where it begins, alone where its elements follow each other. */
function rowReader(source: Tensor, offsets: Int32Array) {
  const span = (offsets.at(-1) ?? -1) + 1;
  if (span > offsets.length) {
    const from = numbers(source);
    return (first: number) => ({ from, first });
  }
  const read = elementRuns(source);
  return (start: number) => ({ from: read(start, span), first: 0 });
}

/** Where the elements of a row lie, from its first one. */
function depthOffsets({ extents, strides }: WeightRows): Int32Array {
  let offsets = Int32Array.of(0);
  extents.forEach((extent, axis) => {
    const outer = offsets;
    offsets = new Int32Array(outer.length * extent);
    for (let i = 0; i < offsets.length; i++)
      offsets[i] = (outer[Math.floor(i / extent)] as number) + (i % extent) * (strides[axis] as number);
  });
  return offsets;
}

const axes = [0, 1, 2, 3] as const;
const axisSizes = Object.fromEntries(
  axes.flatMap((axis) => [
    [`extent${axis}`, size()],
    [`stride${axis}`, size()],
  ]),
) as Record<`${"extent" | "stride"}${0 | 1 | 2 | 3}`, ReturnType<typeof size>>;

/** One part of the rows of all blocks, from weights that are known only at run time. An item is a row; what has no row is left as it is. */
const packRows = kernel("pack-weights", ({ storage, width }: { storage: Storage; width: number }) => ({
  signature: {
    w: vector(storage),
    panels: vector(),
    rows: size(),
    firstRow: size(),
    blockStride: size(),
    rowStride: size(),
    perBlock: size(),
    depth: size(),
    ...axisSizes,
  },
  build(k, args) {
    const { w, panels, rows, firstRow, blockStride, rowStride, perBlock, depth } = args;
    k.items((item) => {
      const [block, inPart] = [k.idiv(item, rows), k.irem(item, rows)];
      const row = k.iadd(firstRow, inPart);
      const from = k.viewAt(w, k.iadd(k.imul(block, blockStride), k.imul(inPart, rowStride)));
      const panel = k.iadd(k.imul(block, perBlock), k.idiv(row, width));
      const to = k.viewAt(panels, k.iadd(k.imul(k.imul(panel, depth), width), k.irem(row, width)));
      const step = (axis: 0 | 1 | 2 | 3, [index, at]: readonly [Node, Node]): void => {
        const extent = args[`extent${axis}`];
        k.loop(0, extent, 1, (i) => {
          const next = [k.iadd(k.imul(index, extent), i), k.iadd(at, k.imul(i, args[`stride${axis}`]))] as const;
          if (axis === 3) k.storeScalar(to, k.imul(next[0], width), k.loadScalar(from, next[1]));
          else step((axis + 1) as 1 | 2 | 3, next);
        });
      };
      step(0, [k.integer(0), k.integer(0)]);
    });
  },
}));

/** Where the panels of an operand lie, and what makes them: data packed once where it is constant, else launches and memory for them. */
export interface PlacedPanels {
  readonly place: Place;
  readonly packed: readonly Packed[];
  readonly temporaries: readonly number[];
  readonly launches: readonly Launch[];
}

/** Places the panels of operand `index`, which become packed data or temporary `slot`. */
export function placePanels(weights: TensorFacts, index: number, shape: WeightRows, slot = 0): PlacedPanels {
  if (weights.constant) {
    return { place: packed(slot), packed: [packWeights(weights.constant, shape)], temporaries: [], launches: [] };
  }
  const { blocks, parts, rows, blockStride, rowStride, extents, strides, width } = shape;
  const storage = storageOf(weights.dtype) as Storage;
  const depth = product(extents);
  const sizes = Object.fromEntries(
    axes.flatMap((axis) => [
      [`extent${axis}`, extents[axis]],
      [`stride${axis}`, strides[axis]],
    ]),
  );
  const launches = parts.map((part, i): Launch => {
    const bytes = part * (storage === "f32" ? 4 : 2);
    const words = {
      ...sizes,
      w: operand(index, bytes),
      panels: temporary(slot),
      rows,
      firstRow: i * rows,
      blockStride,
      rowStride,
      perBlock: panelsOf(shape),
      depth,
    };
    const items = depth === 0 ? 0 : blocks * rows;
    return { kernel: use(packRows, { storage, width }), words, items, flops: 0, bytes: 8 * items * depth };
  });
  return { place: temporary(slot), packed: [], temporaries: [4 * panelElements(shape)], launches };
}
