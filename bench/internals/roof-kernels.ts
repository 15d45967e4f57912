import { panels, rows, size, vector } from "../../src/ir/arguments.ts";
import { kernel } from "../../src/ir/kernel.ts";
import type { TileShape } from "../../src/ir/target.ts";
import { multiply, storeTile } from "../../src/kernels/matmul/multiply.ts";

type None = Readonly<Record<never, never>>;

/** Reads a row: the least that a reduction does. The greatest element is what keeps the reads alive. */
export const readRow = kernel("read-row", (_: None) => ({
  signature: { x: rows(), kept: vector(), n: size() },
  build(k, { x, kept, n }) {
    k.items((r) => {
      const greatest = k.fold(n, {
        init: Number.NEGATIVE_INFINITY,
        combine: "max",
        step: (acc, i, part) => k.maxAny(acc, k.load(x.row(r), i, part)),
      });
      k.storeScalar(kept, 0, greatest);
    });
  },
}));

/** Reads a row, then reads it again and writes it back: the least that a norm does. */
export const readThenRewriteRow = kernel("read-then-rewrite-row", (_: None) => ({
  signature: { x: rows(), kept: vector(), n: size() },
  build(k, { x, kept, n }) {
    k.items((r) => {
      const greatest = k.fold(n, {
        init: Number.NEGATIVE_INFINITY,
        combine: "max",
        step: (acc, i, part) => k.maxAny(acc, k.load(x.row(r), i, part)),
      });
      k.storeScalar(kept, 0, greatest);
      k.vectors(n, (i, part) => k.store(x.row(r), i, k.load(x.row(r), i, part), part));
    });
  },
}));

/** The row norm as one would first write it: one sum, one element after another. */
export const scalarRmsNorm = kernel("scalar-rms-norm", (_: None) => ({
  signature: { x: rows(), n: size() },
  build(k, { x, n }) {
    k.items((r) => {
      const row = x.row(r);
      const sum = k.variable(k.constant(0, "f32"));
      k.loop(0, n, 1, (i) => {
        const value = k.loadScalar(row, i);
        sum.set(k.fma(value, value, sum.get()));
      });
      const factor = k.div(1, k.sqrt(k.add(k.div(sum.get(), k.toF32(n)), 1e-5)));
      k.loop(0, n, 1, (i) => k.storeScalar(row, i, k.mul(k.loadScalar(row, i), factor)));
    });
  },
}));

/** A register tile of a product whose operands stay in the first-level cache: what multiply-adds can come to. */
export const tileLoop = kernel("tile-loop", ({ mr, nv }: TileShape) => ({
  signature: { a: rows(), b: panels(), c: rows(), depth: size() },
  build(k, { a, b, c, depth }) {
    k.items(() => {
      const width = k.imul(nv, k.lanes);
      const panel = { view: b, pitch: width };
      const [tile] = multiply(k, { mr, nv }, { rows: a, rowPitch: a.pitch, depth, panels: [panel] });
      if (tile !== undefined) storeTile(k, tile, { to: c, pitch: c.pitch });
    });
  },
}));
