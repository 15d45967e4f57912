/** The picture formats that ONNX's ImageDecoder knows. */
export type ImageFormat = "bmp" | "jpeg" | "jpeg2000" | "png" | "pnm" | "tiff" | "webp";

/**
 * Pixels row by row from the upper left, 8 bits a sample. How many samples a pixel has follows from the length of `data`: 1 (grey),
 * 2 (grey, alpha), 3 (red, green, blue) or 4 (red, green, blue, alpha). An ImageData of browsers is one.
 */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/**
 * Decodes a picture file as it is stored: in sRGB, not turned by what its metadata say. `format` is what its first bytes promise.
 * Undefined for a stream that is damaged or of a kind that the decoder does not have; what it throws ends the run.
 */
export type DecodeImage = (encoded: Uint8Array, format: ImageFormat) => DecodedImage | undefined;
