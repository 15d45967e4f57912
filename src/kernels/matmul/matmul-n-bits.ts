import type { Arguments, Signature, Strided } from "../../ir/arguments.ts";
import { size, strided, vector } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import type { View } from "../../ir/view.ts";
import type { Beside, FinishForm } from "./finish-rows.ts";
import { finishRows } from "./finish-rows.ts";
import { multiply, panelsBeside, storeTile } from "./multiply.ts";

/** The most columns and tiles that an item may have, and elements of a block. */
export const nBitsColumns = 128;
export const nBitsTiles = 4;
export const mostBlockSize = 256;

export interface MatmulNBits extends FinishForm {
  readonly mr: number;
  readonly nv: number;
  /** Panels that are worked on together, as long as so many are left: 1, 2 or 4. */
  readonly span: number;
  readonly bits: 2 | 4 | 8;
  readonly blockSize: number;
  /** Whether blocks have zero points; else they are in the middle of the range. */
  readonly hasZeros: boolean;
  readonly result: Storage;
}

const signatureOf = ({ others, result }: MatmulNBits) =>
  ({
    ...{ a: strided(1), words: vector("i32"), scales: vector(), zeros: vector(), c: strided(1, result) },
    ...(Object.fromEntries(others.map((other, i) => [`x${i}`, strided(1, other.storage)])) as Readonly<
      Record<never, never>
    >),
    ...{ n: size(), depth: size(), quantBlocks: size(), firstRow: size() },
    ...{ rowPanels: size(), rowBlocks: size(), blockPanels: size(), panels: size() },
  }) satisfies Signature;

type Words = Arguments<ReturnType<typeof signatureOf>>;

/** Some columns of some tiles of rows. */
interface Item {
  readonly options: MatmulNBits;
  readonly args: Words;
  readonly row: Node;
  /** Tiles one below the other. */
  readonly tiles: Node;
  readonly first: Node;
  readonly count: Node;
  readonly width: Node;
  readonly pitch: Node;
  readonly sums: View;
  /** Weights of one block, as rows of each panel. */
  readonly weights: View;
}

/**
 * c = finish(a · W, others), where W is in blocks of few bits along the depth, each with a scale and perhaps a zero point: an element is (q - zero) · scale, in f32.
 * `words` are panels [panel][quantBlocks · blockSize · bits / 32][nv · lanes] of 32 bits, each with neighbours of one column along the depth, the first one in the low
 * bits; scales and zeros are f32 [panel][quantBlocks][nv · lanes]. An item is up to `nBitsTiles` tiles of rows and `blockPanels` panels. Sums go along the depth in order.
 */
export const matmulNBits = kernel("matmul-n-bits", (options: MatmulNBits) => ({
  signature: signatureOf(options),
  build(k: Builder, args: Words) {
    const { mr, nv, span, others, blockSize } = options;
    const width = k.imul(nv, k.lanes);
    const pitch = k.imul(args.blockPanels, width);
    const rooms = { sums: k.scratch(nBitsTiles * mr * nBitsColumns), weights: k.scratch(nBitsColumns * blockSize) };
    k.items((number) => {
      const firstTile = k.imul(k.irem(number, args.rowBlocks), nBitsTiles);
      const tiles = k.imin(k.isub(args.rowPanels, firstTile), nBitsTiles);
      const row = k.iadd(args.firstRow, k.imul(firstTile, mr));
      const first = k.imul(k.idiv(number, args.rowBlocks), args.blockPanels);
      const count = k.imin(k.isub(args.panels, first), args.blockPanels);
      const item: Item = { options, args, row, tiles, first, count, width, pitch, ...rooms };
      const rows = k.imul(tiles, mr);
      k.vectors(k.imul(rows, pitch), (i, part) => k.store(rooms.sums, i, 0, part));
      k.loop(0, args.quantBlocks, 1, (block) => {
        const together = k.and(count, -span);
        if (span > 1) k.loop(0, together, span, (q) => multiplyBlock(k, item, { block, q, panels: span }));
        k.loop(span > 1 ? together : 0, count, 1, (q) => multiplyBlock(k, item, { block, q, panels: 1 }));
      });
      const column = k.imul(first, width);
      const rowsOf = ({ outer, ...view }: Strided, start: Node | number): Beside => {
        const step = outer[0] as Node;
        return { view: k.viewAt(view, k.iadd(k.imul(row, step), start)), pitch: step };
      };
      const tensors = args as unknown as Readonly<Record<string, Strided>>;
      finishRows(k, options, {
        from: { view: rooms.sums, pitch },
        to: rowsOf(args.c, column),
        beside: others.map(({ repeats }, i) => rowsOf(tensors[`x${i}`] as Strided, repeats ? 0 : column)),
        ...{ rows, wide: k.imin(k.isub(args.n, column), pitch) },
      });
    });
  },
}));

/** Which weights: a block along the depth, and panels of the item from number q on. */
interface Part {
  readonly block: Node;
  readonly q: Node;
  readonly panels: number;
}

/** The sums of some panels take up one block along the depth. */
function multiplyBlock(k: Builder, item: Item, { block, q, panels }: Part): void {
  const { options, args, row, tiles, first, width, pitch, sums, weights } = item;
  const { mr, nv, blockSize } = options;
  const apart = k.imul(width, blockSize);
  const near = panelsBeside(k, { view: weights, pitch: width, apart, count: panels });
  near.forEach(({ view }, s) => {
    writeWeights(k, item, { to: view, block, panel: k.iadd(k.iadd(first, q), s) });
  });
  const start = k.imul(block, blockSize);
  const step = args.a.outer[0] as Node;
  k.loop(0, tiles, 1, (t) => {
    const rows = k.viewAt(args.a, k.iadd(k.imul(k.iadd(row, k.imul(t, mr)), step), start));
    const to = (s: number): View => k.viewAt(sums, k.iadd(k.imul(k.imul(t, mr), pitch), k.imul(k.iadd(q, s), width)));
    const made = multiply(k, options, {
      ...{ rows, rowPitch: step, depth: k.imin(k.isub(args.depth, start), blockSize), panels: near },
      begin(tile, s) {
        for (let i = 0; i < mr; i++) {
          for (let j = 0; j < nv; j++) tile.set(i, j, k.load(to(s), k.iadd(k.imul(i, pitch), k.imul(j, k.lanes))));
        }
      },
    });
    made.forEach((tile, s) => void storeTile(k, tile, { to: to(s), pitch }));
  });
}

/** One block of a panel. */
interface Block {
  readonly to: View;
  readonly block: Node;
  readonly panel: Node;
}

/** Writes a block of weights as rows of f32. */
function writeWeights(k: Builder, { options, args, width }: Item, { to, block, panel }: Block): void {
  const { nv, bits, blockSize, hasZeros } = options;
  const perWord = 32 / bits;
  const perBlock = blockSize / perWord;
  const place = k.iadd(k.imul(panel, args.quantBlocks), block);
  const words = k.viewAt(args.words, k.imul(k.imul(place, perBlock), width));
  const columns = Array.from({ length: nv }, (_, j) => k.imul(j, k.lanes));
  const factors = columns.map((column) => {
    const at = k.iadd(k.imul(place, width), column);
    const zero = hasZeros ? k.load(args.zeros, at) : k.constant(2 ** (bits - 1), "vec f32");
    return { scale: k.load(args.scales, at), zero };
  });
  k.loop(0, perBlock, 1, (w) => {
    columns.forEach((column, j) => {
      const { scale, zero } = factors[j] as { scale: Node; zero: Node };
      const word = k.load(words, k.iadd(k.imul(w, width), column));
      for (let i = 0; i < perWord; i++) {
        const q = k.toF32(k.and(k.shr(word, i * bits), 2 ** bits - 1));
        const line = k.imul(k.iadd(k.imul(w, perWord), i), width);
        k.store(to, k.iadd(line, column), k.mul(k.sub(q, zero), scale));
      }
    });
  });
}
