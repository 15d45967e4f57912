import type { DecodedImage, ImageFormat } from "../graph/image.ts";
import { formatType, tensorType } from "../graph/type.ts";
import { unknownDim } from "../tensor/dim.ts";
import { ShapeError, UnsupportedError, UsageError } from "../tensor/errors.ts";
import { tensor } from "../tensor/tensor.ts";
import { imageFormat } from "./image-format.ts";
import { op } from "./op.ts";
import { tensorOperand } from "./tensor-operand.ts";

/** What the samples of a pixel are, in order: red, green, blue; the reverse; or luma. */
export type PixelFormat = "RGB" | "BGR" | "Grayscale";

type DecodeImageAttributes = { readonly pixels: PixelFormat };

/**
 * The picture in the bytes of a file, u8[height, width, 3 or 1]: as it is stored, its alpha left out, grey repeated for three samples. Luma
 * is that of ITU-R BT.601-2 with weights of 16 fractional bits, rounded. Damaged files and those of another format give a picture
 * without pixels. The decoder is that of the run; without one it throws UnsupportedError.
 */
export const decodeImage = op("decodeImage", ["encoded"], {
  infer([encoded], { pixels }: DecodeImageAttributes) {
    const { dtype, shape } = tensorOperand(encoded, "encoded");
    if (dtype !== "u8" || (shape !== undefined && shape.length !== 1)) {
      throw new ShapeError(`encoded must be the bytes of a file, u8[n], got ${formatType(encoded.type)}.`);
    }
    return tensorType("u8", [unknownDim, unknownDim, samplesOf(pixels)]);
  },
  eval([encoded], { pixels }: DecodeImageAttributes, context) {
    const bytes = (encoded.data as Uint8Array).slice();
    const format = imageFormat(bytes);
    const samples = samplesOf(pixels);
    if (format === undefined) return tensor("u8", [0, 0, samples], new Uint8Array(0));
    if (context.decodeImage === undefined) {
      throw new UnsupportedError(
        `nothing here decodes pictures, and it got a ${format} file of ${bytes.length} bytes. ` +
          'Run "npm install @imagemagick/magick-wasm" where Node, Bun or Deno run the model, or give load the option decodeImage.',
      );
    }
    const decoded = context.decodeImage(bytes, format);
    if (decoded === undefined) return tensor("u8", [0, 0, samples], new Uint8Array(0));
    const stored = checkDecoded(decoded, format);
    return tensor("u8", [decoded.height, decoded.width, samples], arrange(decoded, stored, pixels));
  },
});

const samplesOf = (pixels: PixelFormat): number => (pixels === "Grayscale" ? 1 : 3);

/** How many samples a pixel has that a decoder gave. */
function checkDecoded({ width, height, data }: DecodedImage, format: ImageFormat): number {
  const stored = data.length / (width * height);
  const kind = data[Symbol.toStringTag];
  const isBytes = kind === "Uint8Array" || kind === "Uint8ClampedArray";
  if (isBytes && [width, height].every((size) => Number.isInteger(size) && size > 0) && [1, 2, 3, 4].includes(stored)) {
    return stored;
  }
  throw new UsageError(
    `decodeImage gave ${width} x ${height} pixels in a ${kind} of length ${data.length} for a ${format} file: there must be 1 to 4 bytes for each pixel.`,
  );
}

function arrange({ width, height, data }: DecodedImage, stored: number, pixels: PixelFormat): Uint8Array {
  const samples = samplesOf(pixels);
  const [first, step] = pixels === "BGR" ? [2, -1] : [0, 1];
  const out = new Uint8Array(width * height * samples);
  const isGrey = stored < 3;
  for (let i = 0; i < width * height; i++) {
    const [from, to] = [i * stored, i * samples];
    if (samples === 1) out[to] = isGrey ? (data[from] ?? 0) : luma(data, from);
    else for (let c = 0; c < 3; c++) out[to + c] = data[isGrey ? from : from + first + step * c] ?? 0;
  }
  return out;
}

/** round(0.299 red + 0.587 green + 0.114 blue), the weights in 65536ths. */
const luma = (data: DecodedImage["data"], at: number): number =>
  ((data[at] ?? 0) * 19595 + (data[at + 1] ?? 0) * 38470 + (data[at + 2] ?? 0) * 7471 + 0x8000) >> 16;
