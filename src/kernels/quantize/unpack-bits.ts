import { size, vector } from "../../ir/arguments.ts";
import { kernel } from "../../ir/kernel.ts";
import type { Node } from "../../ir/node.ts";

export interface UnpackBits {
  readonly signed: boolean;
}

/** Elements of 4 bits, two in a byte, the first in its low bits, as bytes. An item is one of `items` blocks of `block` bytes, a multiple of 4. */
export const unpackBits = kernel("unpack-bits", ({ signed }: UnpackBits) => ({
  signature: { x: vector("u8"), y: vector("u8"), n: size(), block: size() },
  build(k, { x, y, n, block }) {
    const low = (v: Node): Node => (signed ? k.sar(k.shl(v, 28), 28) : k.and(v, 15));
    const high = (v: Node): Node => (signed ? k.sar(k.shl(v, 24), 28) : k.shr(v, 4));
    k.items((item) => {
      const first = k.imul(item, block);
      const end = k.imin(k.iadd(first, block), k.shr(n, 1));
      const whole = k.iadd(first, k.and(k.isub(end, first), -4));
      k.loop(first, whole, 4, (i) => {
        const bytes = k.loadQuad(x, i);
        const [even, odd] = [low(bytes), high(bytes)];
        k.storeQuad(y, k.imul(i, 2), k.shuffle(even, odd, [0, 4, 1, 5]));
        k.storeQuad(y, k.iadd(k.imul(i, 2), 4), k.shuffle(even, odd, [2, 6, 3, 7]));
      });
      k.loop(whole, end, 1, (i) => {
        const byte = k.loadScalar(x, i);
        k.storeScalar(y, k.imul(i, 2), low(byte));
        k.storeScalar(y, k.iadd(k.imul(i, 2), 1), high(byte));
      });
      k.when(k.and(k.and(n, 1), k.eq(end, k.shr(n, 1))), () => {
        k.storeScalar(y, k.isub(n, 1), low(k.loadScalar(x, k.shr(n, 1))));
      });
    });
  },
}));
