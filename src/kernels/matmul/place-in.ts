import type { Strided } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { View } from "../../ir/view.ts";

/** Where entry `index` of a batch with these extents lies in a tensor with a stride for each of them, `offset` elements further on. */
export type PlaceIn = (tensor: Strided, offset?: Node) => View;

/** Splits the number of an entry of a batch, outermost dimension first, into its place in any tensor. */
export function placeIn(k: Builder, index: Node, extents: readonly Node[]): PlaceIn {
  const indexes: Node[] = [];
  let rest = index;
  for (let d = extents.length - 1; d >= 0; d--) {
    indexes[d] = d === 0 ? rest : k.irem(rest, extents[d] as Node);
    if (d > 0) rest = k.idiv(rest, extents[d] as Node);
  }
  return ({ outer, pointer, storage }, offset = k.integer(0)) =>
    k.viewAt(
      { pointer, storage },
      indexes.reduce<Node>((sum, each, d) => k.iadd(sum, k.imul(each, outer[d] as Node)), offset),
    );
}
