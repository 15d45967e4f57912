/** numpy's .npy files: one array each. */
import type { DType } from "./dtype.ts";
import { dtypes, isFloat } from "./dtype.ts";
import { FormatError, LimitError, UnsupportedError } from "./errors.ts";
import type { NpyHeader } from "./npy-header.ts";
import { readNpyHeader, writeNpyHeader } from "./npy-header.ts";
import { numbers } from "./numbers.ts";
import { checkedElementCount, formatShape, rowMajorStrides } from "./shape.ts";
import type { Tensor } from "./tensor.ts";
import { allocate, elementCount, storageLength } from "./tensor.ts";

/** numpy's kind and size of each dtype that it has. */
const codes: Partial<Record<DType, string>> = {
  f16: "f2",
  f32: "f4",
  f64: "f8",
  i8: "i1",
  i16: "i2",
  i32: "i4",
  i64: "i8",
  u8: "u1",
  u16: "u2",
  u32: "u4",
  u64: "u8",
  bool: "b1",
  c64: "c8",
  c128: "c16",
};
const dtypeOfCode = new Map(Object.entries(codes).map(([dtype, code]) => [code, dtype as Exclude<DType, "string">]));

/**
 * The array in a .npy file, format versions 1 to 3, either byte order, C or Fortran order (which is put in C order). Numeric and bool
 * dtypes and S and U strings. The tensor shares memory with `bytes` where it can. Throws FormatError for a damaged file and
 * UnsupportedError for objects, records, dates and other dtypes that no tensor has.
 */
export function readNpy(bytes: Uint8Array): Tensor {
  const header = readNpyHeader(bytes);
  const [, order = "", kind = "", size = ""] = /^([<>|=]?)([a-zA-Z?])(\d*)$/.exec(header.descr) ?? [];
  const dtype = kind === "S" || kind === "U" ? "string" : dtypeOfCode.get(kind === "?" ? "b1" : kind + size);
  if (dtype === undefined) throw unsupportedDescr(header.descr);
  const bytesPerElement = dtype === "string" ? Number(size) * (kind === "U" ? 4 : 1) : dtypes[dtype].bits / 8;
  const count = checkedLength(header, bytesPerElement, bytes.length);
  const isBigEndian = order === ">";
  const content = bytes.subarray(header.dataOffset);
  const data =
    dtype === "string"
      ? readStrings(content, kind === "U", { count, bytesPerElement, isBigEndian })
      : readElements(dtype, content, { count, isBigEndian });
  const t = { dtype, shape: header.shape, data } as Tensor;
  return header.fortranOrder ? fromFortranOrder(t) : t;
}

function unsupportedDescr(descr: string): UnsupportedError {
  const known = `${[...dtypeOfCode.keys()].join(", ")}, S and U strings`;
  const advice = /V[12]$/.test(descr)
    ? "; if these are bfloat16, float8 or int4 values, save them as float32 or int8"
    : descr.endsWith("O")
      ? "; pickled objects are never read"
      : "";
  return new UnsupportedError(`The .npy dtype '${descr}' is not supported${advice}. Supported: ${known}.`);
}

/** The number of elements, after checking that the file holds exactly so many. */
function checkedLength(header: NpyHeader, bytesPerElement: number, fileLength: number): number {
  const what = "The array in the .npy file";
  const count = checkedElementCount(header.shape, what);
  const actual = fileLength - header.dataOffset;
  if (!Number.isSafeInteger(bytesPerElement))
    throw new FormatError(`The .npy dtype '${header.descr}' has no valid size.`);
  if (count * bytesPerElement !== actual) {
    throw new FormatError(
      `${what}, '${header.descr}' of shape ${formatShape(header.shape)}, takes ${count * bytesPerElement} bytes; the file has ${actual} after its header. It is truncated, or something was appended.`,
    );
  }
  if (bytesPerElement === 0 && count > 2 ** 32 - 1) throw new LimitError(`${what} has ${count} empty strings.`);
  return count;
}

interface ElementsLayout {
  readonly count: number;
  readonly isBigEndian: boolean;
}

function readElements(dtype: Exclude<DType, "string">, content: Uint8Array, layout: ElementsLayout): Tensor["data"] {
  const { array } = dtypes[dtype];
  const width = array.BYTES_PER_ELEMENT;
  const length = storageLength(dtype, layout.count);
  const isAligned = content.byteOffset % width === 0;
  const own = isAligned && !layout.isBigEndian ? content : content.slice();
  if (layout.isBigEndian) swapBytes(own, width);
  const data = new array(own.buffer as ArrayBuffer, own.byteOffset, length);
  return dtype === "bool" ? (data as Uint8Array).map((byte) => (byte === 0 ? 0 : 1)) : data;
}

function swapBytes(bytes: Uint8Array, width: number): void {
  for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
}

interface StringsLayout extends ElementsLayout {
  readonly bytesPerElement: number;
}

/** Fixed-width strings: UTF-8 bytes (S) or UTF-32 (U), padded with zeros. */
function readStrings(content: Uint8Array, isUtf32: boolean, layout: StringsLayout): string[] {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const utf8 = new TextDecoder();
  const width = layout.bytesPerElement;
  return Array.from({ length: layout.count }, (_, i) => {
    const bytes = content.subarray(i * width, (i + 1) * width);
    const text = isUtf32
      ? Array.from({ length: width / 4 }, (_, j) =>
          codePoint(view.getUint32(i * width + 4 * j, !layout.isBigEndian)),
        ).join("")
      : utf8.decode(bytes);
    return text.replace(/\0+$/, "");
  });
}

function codePoint(code: number): string {
  if (code > 0x10ffff)
    throw new FormatError(`A string in the .npy file has the character 0x${code.toString(16)}, beyond Unicode.`);
  return String.fromCodePoint(code);
}

/** The same array in row-major order, from storage in which the first axis runs fastest. */
function fromFortranOrder(t: Tensor): Tensor {
  const { shape } = t;
  const data = allocate(t.dtype, elementCount(shape));
  const slots = dtypes[t.dtype].kind === "complex" ? 2 : 1;
  const source = t.data as Float64Array;
  const target = data as Float64Array;
  const strides = rowMajorStrides([...shape].reverse()).reverse();
  const index = new Array<number>(shape.length).fill(0);
  for (let i = 0, from = 0; i < target.length; i += slots) {
    for (let slot = 0; slot < slots; slot++) target[i + slot] = source[from * slots + slot]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]! += 1;
      from += strides[axis]!;
      if (index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return { ...t, data };
}

/**
 * The bytes of a .npy file that holds the tensor, little endian and in C order. numpy has no bf16, f8, f4 and 4- or 2-bit integers: these
 * are written in the dtype that holds their values exactly, f32 for floats, i8 and u8 for integers. Strings become U strings, which
 * cannot end in NUL.
 */
export function writeNpy(t: Tensor): Uint8Array {
  if (t.dtype === "string") return writeStrings(t.shape, t.data as string[]);
  const code = codes[t.dtype];
  if (code === undefined) return writeNpy(widened(t));
  const data = t.data as Exclude<Tensor["data"], string[]>;
  const header = writeNpyHeader((data.BYTES_PER_ELEMENT === 1 ? "|" : "<") + code, t.shape);
  const bytes = new Uint8Array(header.length + data.byteLength);
  bytes.set(header);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), header.length);
  return bytes;
}

function widened(t: Tensor): Tensor {
  const dtype = isFloat(t.dtype) ? "f32" : dtypes[t.dtype].kind === "int" ? "i8" : "u8";
  return { dtype, shape: t.shape, data: numbers(t) as Tensor["data"] };
}

function writeStrings(shape: readonly number[], strings: readonly string[]): Uint8Array {
  const characters = strings.map((text) => Array.from(text, (character) => character.codePointAt(0) ?? 0));
  const width = characters.reduce((longest, text) => Math.max(longest, text.length), 1);
  const header = writeNpyHeader(`<U${width}`, shape);
  const bytes = new Uint8Array(header.length + strings.length * width * 4);
  bytes.set(header);
  const view = new DataView(bytes.buffer, header.length);
  characters.forEach((text, i) => {
    text.forEach((code, j) => {
      view.setUint32((i * width + j) * 4, code, true);
    });
  });
  return bytes;
}
