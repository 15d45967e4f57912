import { readFileSync } from "node:fs";
import { dtypes } from "../../../tensor/dtype.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import { elementCount } from "../../../tensor/tensor.ts";

/** The path of a file of this folder. */
export const testPath = (name: string): string => `${import.meta.dirname}/${name}`;

/** The bytes of a file of this folder, in a buffer of their own. */
export const testBytes = (name: string): Uint8Array => new Uint8Array(readFileSync(testPath(name)));

/** A JSON file of this folder. */
export const testJson = <T>(name: string): T => JSON.parse(readFileSync(testPath(name), "utf8")) as T;

/** What make.py says of a tensor: `bits` are the elements as hexadecimal numbers, two for a complex one, or strings. */
export interface ExpectedTensor {
  readonly name: string;
  readonly code: number;
  readonly shape: number[];
  readonly bits: string[];
}

/** The bits of each element, written as make.py writes them. */
export function elementBits({ dtype, shape, data }: Tensor): string[] {
  if (Array.isArray(data)) return data;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const { kind } = dtypes[dtype];
  const bits = kind === "complex" ? dtypes[dtype].bits / 2 : dtypes[dtype].bits;
  const count = elementCount(shape) * (kind === "complex" ? 2 : 1);
  return Array.from({ length: count }, (_, i) => {
    const start = (i * bits) / 8;
    if (bits < 8) return ((bytes[Math.floor(start)]! >> ((i * bits) % 8)) & (2 ** bits - 1)).toString(16);
    return [...bytes.subarray(start, start + bits / 8)]
      .reverse()
      .map((byte) => byte.toString(16).padStart(2, "0"))
      .join("");
  });
}

/** The elements of an f32, f16 or i64 tensor as numbers. */
export function numbersOf({ dtype, data }: Tensor): number[] {
  if (dtype !== "f16") return Array.from(data as Float32Array | BigInt64Array, Number);
  return Array.from(data as Uint16Array, (bits) => {
    const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
    return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}
