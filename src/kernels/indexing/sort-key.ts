import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";

export interface SortKey {
  /** Of elements that f32 holds exactly. */
  readonly storage: Storage;
  readonly largest: boolean;
}

/** Above the bits of infinity: NaN is the greatest. */
const nanKey = 0x7f800001;

/** Less than every key. */
export const noKey = -0x80000000;

/** An i32 that sorts as the element does, so that those which come first have the greatest. */
export function sortKey(k: Builder, { storage, largest }: SortKey, value: Node): Node {
  const isFloat = storage.startsWith("f") || storage === "bf16";
  const x = k.add(isFloat ? value : k.toF32(value), 0);
  const bits = k.bitsOf(x);
  const ordered = k.xor(bits, k.and(k.sar(bits, 31), 0x7fffffff));
  const key = k.select(k.isNan(x), nanKey, ordered);
  return largest ? key : k.xor(key, -1);
}
