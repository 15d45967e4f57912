import type { ImageFormat } from "../graph/image.ts";

/** How files of a format begin: byte values, undefined for any. */
const signatures: readonly (readonly [ImageFormat, readonly (number | undefined)[]])[] = [
  ["bmp", [0x42, 0x4d]],
  ["jpeg", [0xff, 0xd8, 0xff]],
  ["jpeg2000", [0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20, 0x0d, 0x0a, 0x87, 0x0a]],
  ["jpeg2000", [0xff, 0x4f, 0xff, 0x51]],
  ["png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ["tiff", [0x49, 0x49, 42, 0]],
  ["tiff", [0x4d, 0x4d, 0, 42]],
  ["webp", [0x52, 0x49, 0x46, 0x46, ...new Array<undefined>(4), 0x57, 0x45, 0x42, 0x50]],
];

/** The format of a picture file by its first bytes; undefined when it is none of those that ImageDecoder knows. */
export function imageFormat(bytes: Uint8Array): ImageFormat | undefined {
  const found = signatures.find(([, start]) => start.every((byte, i) => byte === undefined || byte === bytes[i]));
  return found?.[0] ?? (isPnm(bytes) ? "pnm" : undefined);
}

/** P1 to P7, then white space. */
const isPnm = ([p, kind = 0, space = 0]: Uint8Array): boolean =>
  p === 0x50 && kind >= 0x31 && kind <= 0x37 && /\s/.test(String.fromCharCode(space));
