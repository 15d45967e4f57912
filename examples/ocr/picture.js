// @ts-check
import { readFile } from "node:fs/promises";
import { hasPngSignature } from "fast-png";
import jpeg from "jpeg-js";
import { messageOf, UserError } from "./errors.js";
import { exifOrientation } from "./exif.js";
import { decodePng } from "./png.js";

/** @import { Picture } from "./types.js" */

/** Larger pictures are refused before memory is taken for them. */
const MAX_MEGAPIXELS = 200;
const MAX_DECODER_MIB = 8192;

/**
 * @param {string} path
 * @returns {Promise<Picture>}
 */
export async function readPicture(path) {
  return decodePicture(await readBytes(path), path);
}

/** @param {string} path */
async function readBytes(path) {
  try {
    return await readFile(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const reason =
      code === "ENOENT"
        ? "there is no such file. Check the path"
        : code === "EISDIR"
          ? "it is a folder. Name one PNG or JPEG file in it"
          : `${messageOf(error)}. Check that the file may be read`;
    throw new UserError(`Cannot read the picture ${path}: ${reason}.`, { cause: error });
  }
}

/**
 * Decodes a PNG or JPEG file, upright as its EXIF data says, transparent parts on white.
 * @param {Uint8Array} bytes
 * @param {string} name for messages
 * @returns {Picture}
 */
export function decodePicture(bytes, name) {
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8;
  if (!isJpeg && !hasPngSignature(bytes)) throw notAPicture(bytes, name);
  try {
    const stored = isJpeg ? decodeJpeg(bytes) : decodePng(bytes, MAX_MEGAPIXELS);
    return upright(stored, exifOrientation(bytes));
  } catch (error) {
    const kind = isJpeg ? "JPEG" : "PNG";
    throw new UserError(
      `Cannot decode the picture ${name}: expected a whole ${kind} file of at most ${MAX_MEGAPIXELS} megapixels, but ` +
        `the decoder says "${messageOf(error)}". Export or download it again.`,
      { cause: error },
    );
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {string} name
 */
function notAPicture(bytes, name) {
  const start = [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  const got = bytes.length === 0 ? "the file is empty" : `it begins with the bytes ${start}`;
  return new UserError(
    `${name} is not a picture that can be read: expected a PNG or JPEG file, but ${got}. Convert it to PNG or JPEG.`,
  );
}

/**
 * @param {Uint8Array} bytes
 * @returns {Picture}
 */
function decodeJpeg(bytes) {
  const { width, height, data } = jpeg.decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    maxResolutionInMP: MAX_MEGAPIXELS,
    maxMemoryUsageInMB: MAX_DECODER_MIB,
  });
  return { width, height, data };
}

/**
 * Where the pixel (0, 0) of the upright picture is stored, and whether stored columns become its rows, for each EXIF
 * orientation. 0: the first column or row, 1: the last.
 * @type {Readonly<Record<number, readonly [column: 0 | 1, row: 0 | 1, swapped: boolean]>>}
 */
const ORIENTATIONS = {
  1: [0, 0, false],
  2: [1, 0, false],
  3: [1, 1, false],
  4: [0, 1, false],
  5: [0, 0, true],
  6: [0, 1, true],
  7: [1, 1, true],
  8: [1, 0, true],
};

/**
 * Turns and mirrors a picture so that it is seen as the photographer saw it.
 * @param {Picture} picture as stored
 * @param {number} orientation EXIF, 1 to 8
 * @returns {Picture}
 */
export function upright(picture, orientation) {
  const [column, row, swapped] = ORIENTATIONS[orientation] ?? [0, 0, false];
  if (column === 0 && row === 0 && !swapped) return picture;
  const { width: storedWidth, height: storedHeight } = picture;
  const [width, height] = swapped ? [storedHeight, storedWidth] : [storedWidth, storedHeight];
  const alongColumns = column === 1 ? -1 : 1;
  const alongRows = row === 1 ? -storedWidth : storedWidth;
  const [stepX, stepY] = swapped ? [alongRows, alongColumns] : [alongColumns, alongRows];
  const start = row * (storedHeight - 1) * storedWidth + column * (storedWidth - 1);
  const data = new Uint8Array(picture.data.length);
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = 3 * (start + x * stepX + y * stepY);
      data[at++] = picture.data[from];
      data[at++] = picture.data[from + 1];
      data[at++] = picture.data[from + 2];
    }
  }
  return { width, height, data };
}
