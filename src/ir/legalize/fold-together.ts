import type { Combine } from "../builder.ts";
import type { Node } from "../node.ts";
import type { View } from "../view.ts";
import { foldWidth } from "./fold-elements.ts";
import type { Legalizer } from "./legalizer.ts";

interface Together {
  readonly combine: Combine;
  readonly scratch: View;
}

/** a[i] takes up a[i + h] for h = 32, 16, ... 1: whole registers first, then quads, then lanes of one quad. */
export function foldTogether(l: Legalizer, vectors: readonly Node[], { combine, scratch }: Together): Node {
  l.writeTo(scratch, 0, halve(l, combine, vectors));
  return foldQuads(l, { combine, scratch }, Math.min(foldWidth, l.laneCount) / 4);
}

/** The same for 64 accumulators that are in scratch. */
export function foldScratch(l: Legalizer, together: Together): Node {
  return foldQuads(l, together, foldWidth / 4);
}

function foldQuads(l: Legalizer, { combine, scratch }: Together, count: number): Node {
  const quads = Array.from({ length: count }, (_, i) => l.readFrom(scratch, 4 * i, "quad"));
  const four = halve(l, combine, quads);
  const two = l[combine](four, l.shuffle(four, four, [2, 3, 2, 3]));
  const one = l[combine](two, l.shuffle(two, two, [1, 1, 1, 1]));
  return l.extract(one, 0);
}

function halve(l: Legalizer, combine: Combine, values: readonly Node[]): Node {
  if (values.length === 1) return values[0] as Node;
  const half = values.length / 2;
  return halve(
    l,
    combine,
    values.slice(0, half).map((value, i) => l[combine](value, values[half + i] as Node)),
  );
}
