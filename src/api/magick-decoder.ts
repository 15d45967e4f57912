import type { DecodedImage, DecodeImage, ImageFormat } from "../graph/image.ts";
import type { NodeProcess } from "../runtime/hosts/current-process.ts";
import { requireOf } from "../runtime/hosts/peer-package.ts";
import { LimitError, UnsupportedError } from "../tensor/errors.ts";

type Magick = typeof import("@imagemagick/magick-wasm");

const packageName = "@imagemagick/magick-wasm";

/** What ImageMagick calls the formats; it is never left to guess, since it knows many more, some of which run programs. */
const formatNames: Readonly<Record<ImageFormat, keyof Magick["MagickFormat"]>> = {
  bmp: "Bmp",
  jpeg: "Jpeg",
  jpeg2000: "Jp2",
  png: "Png",
  pnm: "Pnm",
  tiff: "Tiff",
  webp: "WebP",
};

let opened: Promise<Magick> | undefined;

/** The decoder of ImageMagick's WebAssembly build, or undefined where it is not installed. Throws UnsupportedError where it does not load. */
export async function magickDecoder(process: NodeProcess): Promise<DecodeImage | undefined> {
  const require = requireOf(packageName, process);
  if (require === undefined) return undefined;
  opened ??= open(require, process);
  try {
    const magick = await opened;
    return (encoded, format) => decode(magick, encoded, format);
  } catch (cause) {
    opened = undefined;
    throw new UnsupportedError(
      `The model decodes pictures, and ${packageName} is installed and does not load (${String(cause)}): install it again, or give load the option decodeImage.`,
      { cause },
    );
  }
}

async function open(require: NodeJS.Require, process: NodeProcess): Promise<Magick> {
  const { readFile } = process.getBuiltinModule("node:fs").promises;
  const magick: Magick = require(packageName);
  await magick.initializeImageMagick(await readFile(require.resolve(`${packageName}/magick.wasm`)));
  return magick;
}

function decode(magick: Magick, encoded: Uint8Array, format: ImageFormat): DecodedImage | undefined {
  const { ColorSpace, MagickError, MagickErrorSeverity, MagickFormat, MagickImage, MagickReadSettings } = magick;
  const image = MagickImage.create();
  let isCut = false;
  image.onWarning = ({ error }) => {
    isCut ||= /premature|unexpected end|not enough data/i.test(error.message);
  };
  try {
    image.read(encoded, new MagickReadSettings({ format: MagickFormat[formatNames[format]] }));
    if (isCut) return undefined;
    if (image.colorSpace === ColorSpace.CMYK) image.colorSpace = ColorSpace.sRGB;
    const { width, height } = image;
    const data = image.getPixels((pixels) => pixels.toByteArray(0, 0, width, height, "RGB"));
    return data === null ? undefined : { width, height, data };
  } catch (error) {
    if (!(error instanceof MagickError)) throw error;
    if (error.severity !== MagickErrorSeverity.ResourceLimitError) return undefined;
    throw new LimitError(`the picture is larger than ImageMagick can hold (${error.message}). Use a smaller one.`, {
      cause: error,
    });
  } finally {
    image.dispose();
  }
}
