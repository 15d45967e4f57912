import { construct } from "../graph/construct.ts";
import { pickOp } from "../graph/leaves.ts";
import type { Term, TermOf } from "../graph/value.ts";

/** Result `index` of an operator that has several. */
export function pick<H extends string = never>(tuple: Term<H>, attributes: { readonly index: number }): TermOf<H> {
  return construct(pickOp, [tuple], { index: attributes.index }) as unknown as TermOf<H>;
}
