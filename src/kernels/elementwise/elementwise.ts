import type { Signature } from "../../ir/arguments.ts";
import { size, strided } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import { elementOf } from "../../ir/type.ts";
import type { View } from "../../ir/view.ts";

/** An operand of a chain: how it is stored, and whether its innermost dimension is one element for all. */
export interface ElementwiseOperand {
  readonly storage: Storage;
  readonly repeats: boolean;
}

export interface Elementwise {
  /** Dimensions outside the innermost one. */
  readonly rank: number;
  readonly operands: readonly ElementwiseOperand[];
  readonly result: Storage;
  /** The chain: one value from those of the operands, in f32 or i32. A truth is stored as 0 or 1. */
  readonly formula: (k: Builder, ...values: Node[]) => Node;
}

/**
 * y = formula(x0, x1, ...) with any broadcast. The result is seen as `rank` outer dimensions of extents `extent0`, ... and
 * rows of n elements; a row is done in `blocks` blocks of `block` elements, a multiple of 64, and an item is a block.
 * Outer strides are per tensor, 0 where it repeats. `y` may be any operand of its own shape and storage.
 */
export const elementwise = kernel("elementwise", ({ rank, operands, result, formula }: Elementwise) => {
  const inputs = operands.map(({ storage }, i) => [`x${i}`, strided(rank, storage)] as const);
  const extents = Array.from({ length: rank }, (_, d) => [`extent${d}`, size()] as const);
  const tensors = Object.fromEntries(inputs);
  const sizes: Record<string, ReturnType<typeof size>> = Object.fromEntries(extents);
  const signature = {
    ...tensors,
    y: strided(rank, result),
    ...sizes,
    n: size(),
    blocks: size(),
    block: size(),
  } satisfies Signature;
  return {
    signature,
    build(k, args) {
      const { y, n, blocks, block } = args;
      const dims = extents.map(([name]) => (args as unknown as Record<string, Node>)[name] as Node);
      const sources = inputs.map(([name]) => (args as unknown as Record<string, typeof y>)[name] as typeof y);
      k.items((item) => {
        const start = k.imul(k.irem(item, blocks), block);
        const indexes = split(k, k.idiv(item, blocks), dims);
        const at = ({ outer, ...view }: typeof y, offset: Node | number): View =>
          k.viewAt(
            view,
            indexes.reduce<Node>((sum, index, d) => k.iadd(sum, k.imul(index, outer[d] as Node)), k.integer(offset)),
          );
        const rows = sources.map((source, i) => {
          const repeats = operands[i]?.repeats ?? false;
          const row = at(source, repeats ? 0 : start);
          return repeats ? k.loadSplat(row, 0) : row;
        });
        const to = at(y, start);
        k.vectors(k.imin(k.isub(n, start), block), (i, part) => {
          const values = rows.map((row) => ("pointer" in row ? k.load(row, i, part) : row));
          const value = formula(k, ...values);
          k.store(
            to,
            i,
            elementOf(value.type) === "mask32" ? k.select(value, k.constant(1, "vec i32"), 0) : value,
            part,
          );
        });
      });
    },
  };
});

/** The index in each dimension of the row with this number. */
function split(k: Builder, row: Node, extents: readonly Node[]): Node[] {
  const indexes: Node[] = [];
  let rest = row;
  for (let d = extents.length - 1; d >= 0; d--) {
    const extent = extents[d] as Node;
    indexes.unshift(d === 0 ? rest : k.irem(rest, extent));
    if (d > 0) rest = k.idiv(rest, extent);
  }
  return indexes;
}
