import { convertIndexedToRgb, decode as decodePng, hasPngSignature } from "fast-png";
import jpeg from "jpeg-js";
import { FormatError } from "../tensor/errors.ts";

/** Pixels row by row, `channels` samples each (1 grey, 2 grey and alpha, 3 RGB, 4 RGBA), from 0 to `white`. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly samples: Uint8Array | Uint16Array;
  readonly white: number;
}

/** Decodes a PNG or a JPEG as it is stored: no colour management, and no turning by EXIF. Throws FormatError for anything else. */
export function decodePicture(bytes: Uint8Array, path: string): Picture {
  const isPng = hasPngSignature(bytes);
  if (!isPng && !(bytes[0] === 0xff && bytes[1] === 0xd8)) {
    throw new FormatError(
      `"${path}" is neither a PNG nor a JPEG: ${describeStart(bytes)}. Convert it to one of these.`,
    );
  }
  try {
    return isPng ? readPng(bytes) : readJpeg(bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FormatError(`"${path}" is a damaged ${isPng ? "PNG" : "JPEG"}: ${reason}. Save it again.`, { cause });
  }
}

function describeStart(bytes: Uint8Array): string {
  if (bytes.length === 0) return "it is empty";
  const start = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return `it begins with the bytes ${start}`;
}

function readPng(bytes: Uint8Array): Picture {
  const png = decodePng(bytes, { checkCrc: true });
  const { width, height, depth, channels } = png;
  if (png.palette !== undefined) {
    const colours = convertIndexedToRgb(png);
    return { width, height, channels: png.palette[0]?.length ?? 3, samples: colours, white: 255 };
  }
  const samples = depth < 8 ? unpackRows(png.data, width, height, depth) : png.data;
  return { width, height, channels, samples: samples as Uint8Array | Uint16Array, white: 2 ** depth - 1 };
}

/** One byte a sample from rows of 1-, 2- or 4-bit samples; the first is in the high bits, and each row begins a new byte. */
function unpackRows(data: ArrayLike<number>, width: number, height: number, depth: number): Uint8Array {
  const out = new Uint8Array(width * height);
  const perByte = 8 / depth;
  const rowBytes = Math.ceil(width / perByte);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const byte = data[y * rowBytes + Math.floor(x / perByte)] ?? 0;
      out[y * width + x] = (byte >> (8 - depth * ((x % perByte) + 1))) & (2 ** depth - 1);
    }
  }
  return out;
}

function readJpeg(bytes: Uint8Array): Picture {
  const limits = { maxResolutionInMP: 1000, maxMemoryUsageInMB: 8192 };
  const { width, height, data } = jpeg.decode(bytes, { useTArray: true, ...limits });
  return { width, height, channels: 4, samples: data, white: 255 };
}
