import { decodeImage } from "../../../ops/decode-image.ts";
import { onnxOps } from "../onnx-op.ts";

/** Pictures in files. */
export const images = onnxOps({
  ImageDecoder: ([encoded], node) =>
    decodeImage(encoded, { pixels: node.choice("pixel_format", ["RGB", "BGR", "Grayscale"], "RGB") }),
});
