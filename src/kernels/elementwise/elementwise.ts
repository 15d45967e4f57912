import type { Arguments, Signature, Strided } from "../../ir/arguments.ts";
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

/** The arguments of kernels over broadcast tensors: each tensor with its outer strides, and the extents. */
export function elementwiseSignature(rank: number, operands: readonly Storage[], result: Storage) {
  const tensors = Object.fromEntries(operands.map((storage, i) => [`x${i}`, strided(rank, storage)]));
  const sizes: Record<string, ReturnType<typeof size>> = Object.fromEntries(
    Array.from({ length: rank }, (_, d) => [`extent${d}`, size()]),
  );
  const signature = {
    ...tensors,
    y: strided(rank, result),
    ...sizes,
    n: size(),
    blocks: size(),
    block: size(),
  } satisfies Signature;
  return signature;
}

/** What a kernel does with a block of a row. */
export interface Block {
  /** The first element, and how many there are. */
  readonly start: Node;
  readonly count: Node;
  /** Operand `i`, or the result for -1, from element `offset` of the row on; in elements of its storage. */
  readonly view: (i: number, offset: Node | number) => View;
}

/** Does each block of the items. */
export function eachBlock(
  k: Builder,
  rank: number,
  args: Arguments<ReturnType<typeof elementwiseSignature>>,
  body: (block: Block) => void,
): void {
  const { y, n, blocks, block } = args;
  const words = args as unknown as Readonly<Record<string, Node>>;
  const tensors = args as unknown as Readonly<Record<string, Strided>>;
  const extents = Array.from({ length: rank }, (_, d) => words[`extent${d}`] as Node);
  k.items((item) => {
    const start = k.imul(k.irem(item, blocks), block);
    const indexes = split(k, k.idiv(item, blocks), extents);
    const view = (i: number, offset: Node | number): View => {
      const { outer, ...whole } = i < 0 ? y : (tensors[`x${i}`] as Strided);
      const terms = indexes.map((index, d) => k.imul(index, outer[d] as Node));
      return k.viewAt(
        whole,
        terms.reduce((sum, term) => k.iadd(sum, term), k.integer(offset)),
      );
    };
    body({ start, count: k.imin(k.isub(n, start), block), view });
  });
}

/**
 * y = formula(x0, x1, ...) with any broadcast. The result is seen as `rank` outer dimensions of extents `extent0`, ... and
 * rows of n elements; a row is done in `blocks` blocks of `block` elements, a multiple of 64, and an item is a block.
 * Outer strides are per tensor, 0 where it repeats. `y` may be any operand of its own shape and storage.
 */
export const elementwise = kernel("elementwise", ({ rank, operands, result, formula }: Elementwise) => ({
  signature: elementwiseSignature(
    rank,
    operands.map(({ storage }) => storage),
    result,
  ),
  build(k, args) {
    eachBlock(k, rank, args, ({ start, count, view }) => {
      const rows = operands.map(({ repeats }, i) => {
        const row = view(i, repeats ? 0 : start);
        return repeats ? k.loadSplat(row, 0) : row;
      });
      const to = view(-1, start);
      k.vectors(count, (i, part) => {
        const values = rows.map((row) => ("pointer" in row ? k.load(row, i, part) : row));
        const value = formula(k, ...values);
        const isMask = elementOf(value.type) === "mask32";
        k.store(to, i, isMask ? k.select(value, k.constant(1, "vec i32"), 0) : value, part);
      });
    });
  },
}));

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
