import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { View } from "../../ir/view.ts";

/** Elements at, at + 2, at + 4 and at + 6, as a quad; reads no further. */
export const everyOther = (k: Builder, view: View, at: Node): Node =>
  k.shuffle(k.loadQuad(view, at), k.loadQuad(view, k.iadd(at, 3)), [0, 2, 5, 7]);
