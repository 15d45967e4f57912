import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { View } from "../../ir/view.ts";
import type { RowsOfBytes } from "../movement/rows-of-bytes.ts";

/** What becomes of an f32 that another meets. */
export type Combining = "add" | "mul" | "min" | "max";

/** Combines the `bytes` of a row of f32 with those at another place. */
export function combineRow(
  k: Builder,
  { body, combine }: { readonly body: RowsOfBytes["body"]; readonly combine: Combining },
  { from, to, bytes }: { readonly from: View; readonly to: View; readonly bytes: Node },
): void {
  const [source, target] = [from, to].map(({ pointer }) => ({ pointer, storage: "f32" as const })) as [View, View];
  if (typeof body === "number") {
    for (let i = 0; i < body / 4; i++)
      k.storeScalar(target, i, k[combine](k.loadScalar(target, i), k.loadScalar(source, i)));
    return;
  }
  k.vectors(k.shr(bytes, 2), (i, part) =>
    k.store(target, i, k[combine](k.load(target, i, part), k.load(source, i, part)), part),
  );
}
