/** The header of a .npy file: magic, version, and a Python dict literal (numpy's NEP 1, format versions 1.0, 2.0 and 3.0). */
import { FormatError, UnsupportedError } from "./errors.ts";

export interface NpyHeader {
  /** numpy's type string: byte order, kind and size, such as `<f4`. */
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Where the elements begin in the file. */
  readonly dataOffset: number;
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/**
 * numpy itself refuses headers beyond 10,000 bytes unless told otherwise; structured dtypes, which are not read, are what makes
 * them long.
 */
const maxHeaderLength = 65_535;

/** Reads the header of a .npy file. Throws a FormatError that says what is wrong with it. */
export function readNpyHeader(bytes: Uint8Array): NpyHeader {
  if (bytes.length < 10 || magic.some((byte, i) => bytes[i] !== byte)) {
    throw new FormatError(`Not a .npy file: it does not begin with the bytes 93 "NUMPY" (length ${bytes.length}).`);
  }
  const major = bytes[6] ?? 0;
  if (major < 1 || major > 3) {
    throw new UnsupportedError(`.npy format version ${major}.${bytes[7]} is not known; versions 1.0 to 3.0 are read.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = major === 1 ? 10 : 12;
  const length = major === 1 ? view.getUint16(8, true) : bytes.length < 12 ? Infinity : view.getUint32(8, true);
  if (start + length > bytes.length || length > maxHeaderLength) {
    throw new FormatError(`The .npy header claims ${length} bytes; the file has ${bytes.length} in all.`);
  }
  const text = new TextDecoder(major === 3 ? "utf-8" : "latin1").decode(bytes.subarray(start, start + length));
  return { ...parseHeader(text), dataOffset: start + length };
}

function parseHeader(text: string): Omit<NpyHeader, "dataOffset"> {
  const fault = (what: string) =>
    new FormatError(`The .npy header ${what}: ${JSON.stringify(text.trim().slice(0, 200))}.`);
  const dict = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1];
  if (dict === undefined) throw fault("is no Python dict");
  if (/'descr'\s*:\s*\[/.test(dict)) {
    throw new UnsupportedError(
      "The .npy file holds records (a structured dtype); save each field as an array of its own.",
    );
  }
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(dict)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)\b/.exec(dict)?.[1];
  const dims = /'shape'\s*:\s*\(([^)]*)\)/.exec(dict)?.[1];
  if (descr === undefined || order === undefined || dims === undefined) {
    throw fault("needs 'descr', 'fortran_order' and 'shape'");
  }
  if (!/^\s*(\d+L?\s*(,\s*\d+L?\s*)*,?\s*)?$/.test(dims)) throw fault("has a shape that is no tuple of sizes");
  const shape = (dims.match(/\d+/g) ?? []).map(Number);
  return { descr, fortranOrder: order === "True", shape };
}

/**
 * The header of a version 1.0 file (3.0 or 2.0 when it does not fit), padded so that the elements begin at a multiple of 64
 * bytes.
 */
export function writeNpyHeader(descr: string, shape: readonly number[]): Uint8Array {
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${dims}), }`;
  const isLong = dict.length + 1 + 10 + 63 > 0xffff;
  const start = isLong ? 12 : 10;
  const total = Math.ceil((start + dict.length + 1) / 64) * 64;
  const bytes = new Uint8Array(total).fill(0x20);
  bytes.set([...magic, isLong ? 2 : 1, 0]);
  const view = new DataView(bytes.buffer);
  if (isLong) view.setUint32(8, total - start, true);
  else view.setUint16(8, total - start, true);
  bytes.set(new TextEncoder().encode(dict), start);
  bytes[total - 1] = 0x0a;
  return bytes;
}
