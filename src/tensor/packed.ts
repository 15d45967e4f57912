/** Elements of 4 and 2 bits: several to a byte, the first in the low bits, the unused bits of the last byte zero. */

/** The bits of each of `count` elements, one to a byte, without sign extension. */
export function unpackBits(packed: Uint8Array, bits: 2 | 4, count: number): Uint8Array {
  const out = new Uint8Array(count);
  const mask = 2 ** bits - 1;
  for (let i = 0; i < count; i++) {
    const at = i * bits;
    out[i] = (packed[at >> 3]! >> (at & 7)) & mask;
  }
  return out;
}

/** The elements as two's complement numbers. */
export function unpackSigned(packed: Uint8Array, bits: 2 | 4, count: number): Int8Array {
  const out = new Int8Array(unpackBits(packed, bits, count).buffer);
  const shift = 32 - bits;
  for (let i = 0; i < count; i++) out[i] = (out[i]! << shift) >> shift;
  return out;
}

/** Packs the low bits of each value; what lies above them is dropped, so integers wrap. */
export function packBits(values: ArrayLike<number>, bits: 2 | 4): Uint8Array {
  const out = new Uint8Array(Math.ceil((values.length * bits) / 8));
  const mask = 2 ** bits - 1;
  for (let i = 0; i < values.length; i++) {
    const at = i * bits;
    out[at >> 3]! |= (values[i]! & mask) << (at & 7);
  }
  return out;
}
