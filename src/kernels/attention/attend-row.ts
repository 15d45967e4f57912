import type { Strided } from "../../ir/arguments.ts";
import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import type { View } from "../../ir/view.ts";

/** How a mask is stored, and whether one element serves all keys. A mask of u8 holds truths, others are added. */
export interface AttentionMask {
  readonly storage: Storage;
  readonly repeats: boolean;
}

/** What becomes of scores before the softmax. */
export interface ScoreForm {
  readonly mask?: AttentionMask | undefined;
  readonly hasSoftcap: boolean;
  readonly hasWindow: boolean;
}

/** The softmax of rows so far: the greatest score, the sum of the exponentials below it, and what the last block has scaled earlier ones by. */
export interface RowState {
  readonly top: View;
  readonly sum: View;
  readonly decay: View;
}

/** One row of a block of scores, and where it stands. */
export interface ScoreRow {
  readonly state: RowState;
  readonly scores: View;
  readonly count: Node;
  /** The number of the row in the item. */
  readonly i: Node;
  /** The first key of the block, and the row's position among the keys. */
  readonly key: Node;
  readonly position: Node;
  /** The mask of the row, from key 0 on. */
  readonly mask: View;
}

interface ScoreWords {
  readonly scale: Node;
  readonly softcap: Node;
  readonly left: Node;
  readonly right: Node;
}

/** Turns a row of products into exponentials below the greatest score so far, and takes them up in the row's state. */
export function attendRow(k: Builder, form: ScoreForm & { readonly words: ScoreWords }, row: ScoreRow): void {
  const { scores, count, i, state } = row;
  const before = k.loadScalar(state.top, i);
  const score = scoreOf(k, form, row);
  const top = k.fold(count, {
    init: before,
    combine: "max",
    step(acc, j, part) {
      const value = score(j, part);
      k.store(scores, j, value, part);
      return k.maxAny(acc, value);
    },
  });
  const base = k.select(k.eq(top, Number.NEGATIVE_INFINITY), 0, top);
  const sum = k.fold(count, {
    init: 0,
    combine: "add",
    step(acc, j, part) {
      const e = k.exp(k.sub(k.load(scores, j, part), base));
      k.store(scores, j, e, part);
      return k.add(acc, e);
    },
  });
  const decay = k.exp(k.sub(before, base));
  k.storeScalar(state.top, i, top);
  k.storeScalar(state.decay, i, decay);
  k.storeScalar(state.sum, i, k.add(k.mul(k.loadScalar(state.sum, i), decay), sum));
}

/** The scores from key j of the block on: scaled, capped, masked. */
function scoreOf(
  k: Builder,
  { mask: kind, hasSoftcap, hasWindow, words }: ScoreForm & { readonly words: ScoreWords },
  { scores, key, position, mask }: ScoreRow,
): (j: Node, part: Node) => Node {
  const { scale, softcap, left, right } = words;
  const shared = kind?.repeats ? k.loadSplat(mask, 0) : undefined;
  const low = k.isub(position, left);
  const high = k.iadd(position, right);
  return (j, part) => {
    let value = k.mul(k.load(scores, j, part), scale);
    if (hasSoftcap) value = k.mul(k.tanh(k.div(value, softcap)), softcap);
    if (kind) {
      const term = shared ?? k.load(mask, k.iadd(key, j), part);
      value = kind.storage === "u8" ? k.select(k.ne(term, 0), value, Number.NEGATIVE_INFINITY) : k.add(value, term);
    }
    if (!hasWindow) return value;
    const at = k.iadd(k.iota(), k.iadd(key, j));
    return k.select(k.and(k.le(low, at), k.le(at, high)), value, Number.NEGATIVE_INFINITY);
  };
}

/** The mask of one row: `mask` has strides for the batch, the head and the query. */
export function maskRow(
  k: Builder,
  { outer, ...view }: Strided,
  { batch, head, query }: { readonly batch: Node; readonly head: Node; readonly query: Node },
): View {
  const indexes = [batch, head, query];
  return k.viewAt(
    view,
    indexes.reduce<Node>((sum, index, d) => k.iadd(sum, k.imul(index, outer[d] as Node)), k.integer(0)),
  );
}
