import { panels, size, vector } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { TileShape } from "../../ir/target.ts";
import type { Storage } from "../../ir/type.ts";
import type { View } from "../../ir/view.ts";
import type { Finish } from "./finish.ts";
import { finishSignature } from "./finish.ts";
import type { Walk } from "./gather-windows.ts";
import { gatherWindows, windowSignature } from "./gather-windows.ts";
import type { TileSums } from "./store-tile.ts";
import { storeTile, tileRoom } from "./store-tile.ts";
import { productSignature, tilePlace } from "./tile-place.ts";

export interface IntegerConv extends TileShape {
  readonly x: Storage;
  readonly y: Storage;
  /** Whether x has a zero point. */
  readonly hasZero: boolean;
  readonly finish: Finish;
  /** Elements of scratch for the gathered windows of one item. */
  readonly room: number;
  readonly walk: Walk;
}

/**
 * y = finish(Σ w · (x - xZero)) of bytes, exact in i32. As gather-conv, with windows and weights as i16 in pairs along the depth:
 * windows [pairs][pitch][2], weights [outputs / mr][pairs][mr][2] less their zero points.
 */
export const integerConv = kernel("integer-conv", (options: IntegerConv) => ({
  signature: {
    x: vector(options.x),
    xZero: vector(options.x),
    w: panels("i16"),
    y: vector(options.y),
    ...windowSignature,
    block: size(),
    blocks: size(),
    pitch: size(),
    ...productSignature,
    ...finishSignature(options.finish),
  },
  build(k, args) {
    const { mr, nv, finish, room, walk, hasZero } = options;
    const { x, w, y, depth, pixels, block, blocks, pitch, group, tiles } = args;
    const windows = { ...k.scratch(room, "i16"), strides: [pitch, 1] };
    const zipped = k.scratch(room / 2, "i32");
    const spare = tileRoom(k, options, "i32");
    const width = k.imul(nv, k.lanes);
    const pairs = k.shr(k.iadd(depth, 1), 1);
    k.items((item) => {
      const [first, plane] = [k.imul(k.irem(item, blocks), block), k.idiv(item, blocks)];
      const inGroup = k.irem(plane, group);
      const count = k.imin(k.isub(pixels, first), block);
      const from = k.viewAt(x, k.imul(k.imul(plane, args.channels), args.area));
      const less = hasZero ? k.loadScalar(args.xZero, 0) : undefined;
      gatherWindows(k, { args, from, to: windows, first, count, walk, less });
      zipRows(k, { windows, zipped, depth, pairs, pitch });
      k.loop(0, count, width, (column) => {
        k.loop(0, tiles, 1, (t) => {
          const panel = w.panel(k.iadd(k.imul(inGroup, tiles), t), { depth: pairs, width: 2 * mr, inner: 1 });
          storeTile(k, multiplyPairs(k, options, { panel, zipped, pairs, pitch, column }), {
            finish,
            args,
            y,
            spare,
            ...tilePlace(k, args, { t, mr, plane, inGroup, first: k.iadd(first, column) }),
            runs: [{ vectors: nv, at: 0, wide: k.imin(k.isub(count, column), width) }],
          });
        });
      });
    });
  },
}));

interface ZipRows {
  readonly windows: View;
  readonly zipped: View;
  readonly depth: Node;
  readonly pairs: Node;
  readonly pitch: Node;
}

/** Pairs of neighbouring rows, element by element, as one i32 each; a last row without another has zeros for it. */
function zipRows(k: Builder, { windows, zipped, depth, pairs, pitch }: ZipRows): void {
  k.when(k.and(depth, 1), () => {
    const last = k.viewAt(windows, [depth, 0]);
    k.vectors(pitch, (i, part) => k.store(last, i, k.constant(0, "vec i32"), part));
  });
  k.loop(0, pairs, 1, (p) => {
    const [even, odd] = [k.viewAt(windows, [k.imul(p, 2), 0]), k.viewAt(windows, [k.iadd(k.imul(p, 2), 1), 0])];
    const to = k.viewAt(zipped, k.imul(p, pitch));
    k.vectors(pitch, (i, part) => {
      const low = k.and(k.load(even, i, part), k.constant(0xffff, "vec i32"));
      k.store(to, i, k.or(low, k.shl(k.load(odd, i, part), 16)), part);
    });
  });
}

interface MultiplyPairs {
  readonly panel: View;
  readonly zipped: View;
  readonly pairs: Node;
  readonly pitch: Node;
  readonly column: Node;
}

/** Where registers are few, the factors of a row are loaded again for each vector. */
function multiplyPairs(
  k: Builder,
  { mr, nv }: TileShape,
  { panel, zipped, pairs, pitch, column }: MultiplyPairs,
): TileSums {
  const zero = k.constant(0, "vec i32");
  const sums = Array.from({ length: mr }, () => Array.from({ length: nv }, () => k.variable(zero)));
  const isShared = mr * nv + nv + 2 < k.target.tileRegisters;
  k.loop(0, pairs, 1, (p) => {
    const bRow = Array.from({ length: nv }, (_, j) =>
      k.loadRaw(zipped, k.iadd(k.imul(p, pitch), k.iadd(column, k.imul(j, k.lanes))), "vec i16"),
    );
    sums.forEach((row, i) => {
      const load = (): Node => k.loadGroupSplat(panel, k.iadd(k.imul(p, 2 * mr), 2 * i), "vec i16");
      const shared = isShared ? load() : undefined;
      row.forEach((sum, j) => void sum.set(k.dot2(sum.get(), shared ?? load(), bRow[j] as Node)));
    });
  });
  return { mr, nv, get: (i, j) => sums[i]?.[j]?.get() as Node };
}
