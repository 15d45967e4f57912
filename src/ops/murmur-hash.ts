import { formatType, tensorType } from "../graph/type.ts";
import type { DType } from "../tensor/dtype.ts";
import { dtypes } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";
import { elementCount, tensor } from "../tensor/tensor.ts";
import { op } from "./op.ts";
import { tensorOperand } from "./tensor-operand.ts";

type MurmurHashAttributes = {
  readonly seed: number;
  /** u32 when true, else the same bits as i32. */
  readonly positive: boolean;
};

/** MurmurHash3 (x86, 32 bits) of the bytes of each element: little-endian numbers of 32 or 64 bits, or UTF-8. */
export const murmurHash = op("murmurHash", ["x"], {
  infer([x], { positive }: MurmurHashAttributes) {
    const type = tensorOperand(x, "x");
    if (isHashable(type.dtype)) return tensorType(positive ? "u32" : "i32", type.shape);
    throw new ShapeError(`x must hold strings or numbers of 32 or 64 bits, got ${formatType(type)}.`);
  },
  eval({ 0: x }, { seed, positive }: MurmurHashAttributes) {
    const count = elementCount(x.shape);
    const bytesOf = Array.isArray(x.data) ? textBytes(x.data) : rawBytes(x.data, count);
    const hashes = Uint32Array.from({ length: count }, (_unused, i) => hash(bytesOf(i), seed));
    return positive ? tensor("u32", x.shape, hashes) : tensor("i32", x.shape, new Int32Array(hashes.buffer));
  },
});

const isHashable = (dtype: DType): boolean =>
  dtype === "string" || (dtypes[dtype].bits >= 32 && dtypes[dtype].kind !== "complex");

function textBytes(texts: readonly string[]): (at: number) => Uint8Array {
  const encoder = new TextEncoder();
  return (at) => encoder.encode(texts[at]);
}

function rawBytes({ buffer, byteOffset, byteLength }: ArrayBufferView, count: number): (at: number) => Uint8Array {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  const size = byteLength / count;
  return (at) => bytes.subarray(at * size, (at + 1) * size);
}

const rotate = (x: number, bits: number): number => (x << bits) | (x >>> (32 - bits));
const mix = (k: number): number => Math.imul(rotate(Math.imul(k, 0xcc9e2d51), 15), 0x1b873593);

function hash(bytes: Uint8Array, seed: number): number {
  const blocks = bytes.length >> 2;
  const word = (at: number, size: number) => {
    let k = 0;
    for (let i = size - 1; i >= 0; i--) k = (k << 8) | bytes[at + i]!;
    return k;
  };
  let h = seed | 0;
  for (let i = 0; i < blocks; i++) h = (Math.imul(rotate(h ^ mix(word(4 * i, 4)), 13), 5) + 0xe6546b64) | 0;
  if (bytes.length % 4 > 0) h ^= mix(word(4 * blocks, bytes.length % 4));
  h ^= bytes.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
