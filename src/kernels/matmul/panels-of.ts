import type { TileShape } from "../../ir/target.ts";
import type { Storage } from "../../ir/type.ts";
import { bytesFor } from "../../tensor/dtype.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { storageOf } from "../elementwise/storage-of.ts";
import type { Launch, Packed, Place, TensorFacts } from "../schedule.ts";
import { operand, packed, temporary, use } from "../schedule.ts";
import { packMatrix } from "./pack-matrix.ts";
import { packPanels } from "./pack-panels.ts";
import type { Product } from "./product.ts";

/** Where a product finds b: its storage, the words that say where panels are, and what has to be made before. */
export interface Panels {
  readonly storage: Storage;
  /** Whether all of b is packed. */
  readonly isPacked: boolean;
  readonly words: Readonly<Record<string, number | Place>>;
  readonly launches: readonly Launch[];
  readonly temporaries: readonly number[];
  readonly packed: readonly Packed[];
}

interface PanelsRequest {
  readonly b: TensorFacts;
  readonly product: Product;
  readonly tile: TileShape;
  readonly lanes: number;
}

/** Rows of a product, in tiles, from which on it pays to pack b for them. */
const tilesToPack = 4;

/**
 * A constant matrix is packed once. Others are packed in each run where many rows make use of that, or where they are not f32; else they are
 * read as they are, but for a last panel that is not whole.
 */
export function panelsOf(request: PanelsRequest): Panels {
  const { b, product, tile, lanes } = request;
  const width = tile.nv * lanes;
  const form: Form = {
    ...product,
    width,
    panels: Math.ceil(product.n / width),
    matrices: elementCount(b.shape.slice(0, -2)),
  };
  if (b.constant && product.b.every((stride) => stride === 0)) return packedOnce(b.constant, form);
  const packs = b.dtype !== "f32" || product.m >= tilesToPack * tile.mr;
  return packedInEachRun(request, form, packs ? 0 : Math.floor(product.n / width));
}

interface Form extends Product {
  readonly width: number;
  readonly panels: number;
  /** Different matrices in b. */
  readonly matrices: number;
}

function packedOnce(source: Tensor, { n, depth, b, width, panels }: Form): Panels {
  const storage = source.dtype === "bf16" ? "bf16" : "f32";
  return {
    storage,
    isPacked: true,
    words: {
      ...{ b: packed(), tail: packed(), bPitch: width, bPanel: depth * width, tailPitch: width, regular: panels, n },
      ...strides("b", b, 0),
      ...strides("tail", b, 0),
    },
    launches: [],
    temporaries: [],
    packed: [packMatrix(source, { width, storage })],
  };
}

/** Panels from number `first` on in temporary memory; those before, where they are not all, as they lie in b. */
function packedInEachRun({ b, tile }: PanelsRequest, form: Form, first: number): Panels {
  const { n, depth, width, panels, matrices } = form;
  const count = panels - first;
  const columns = n - first * width;
  const launch: Launch = {
    kernel: use(packPanels, { nv: tile.nv, storage: storageOf(b.dtype) as Storage }),
    words: { b: operand(1), packed: temporary(), n, depth, panels: count, firstPanel: first },
    items: matrices * count,
    flops: 0,
    bytes: matrices * depth * (bytesFor(b.dtype, columns) + 4 * columns),
  };
  const matrix = count * depth * width;
  const tail = { tail: temporary(), tailPitch: width, ...strides("tail", form.b, matrix) };
  const regular =
    first === 0
      ? { b: temporary(), bPitch: width, bPanel: depth * width, regular: panels, ...strides("b", form.b, matrix) }
      : { b: operand(1), bPitch: n, bPanel: width, regular: first, ...strides("b", form.b, depth * n) };
  return {
    storage: "f32",
    isPacked: first === 0,
    words: { ...tail, ...regular },
    launches: launch.items > 0 ? [launch] : [],
    temporaries: [4 * matrices * matrix],
    packed: [],
  };
}

function strides(name: string, matrices: readonly number[], size: number): Record<string, number> {
  return Object.fromEntries(matrices.map((stride, d) => [`${name}Stride${d}`, stride * size]));
}
