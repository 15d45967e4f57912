// @ts-check
import { writeFile } from "node:fs/promises";
import { encode as encodePng } from "fast-png";
import jpeg from "jpeg-js";
import { messageOf, UserError } from "./errors.js";

/** @import { Box, Picture, Point } from "./types.js" */

const COLOUR = /** @type {const} */ ([230, 30, 90]);
const JPEG_QUALITY = 90;

/**
 * A copy of the picture with the outlines of the boxes on it.
 * @param {Picture} picture
 * @param {readonly Box[]} boxes
 * @returns {Picture}
 */
export function drawBoxes(picture, boxes) {
  const copy = { ...picture, data: Uint8Array.from(picture.data) };
  const thickness = Math.max(2, Math.max(picture.width, picture.height) / 400);
  for (const [a, b, c, d] of boxes) {
    drawLine(copy, a, b, thickness);
    drawLine(copy, b, c, thickness);
    drawLine(copy, c, d, thickness);
    drawLine(copy, d, a, thickness);
  }
  return copy;
}

/**
 * @param {Picture} picture painted on
 * @param {Point} from
 * @param {Point} to
 * @param {number} thickness
 */
function drawLine({ width, height, data }, from, to, thickness) {
  const [x0, y0] = from;
  const [dx, dy] = [to[0] - x0, to[1] - y0];
  const squared = dx * dx + dy * dy;
  const reach = thickness / 2;
  /** @type {(a: number, b: number, limit: number) => [first: number, last: number]} */
  const span = (a, b, limit) => [
    Math.max(0, Math.floor(Math.min(a, b) - reach)),
    Math.min(limit - 1, Math.ceil(Math.max(a, b) + reach)),
  ];
  const [left, right] = span(x0, to[0], width);
  const [top, bottom] = span(y0, to[1], height);
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const px = x + 0.5 - x0;
      const py = y + 0.5 - y0;
      const along = squared > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / squared)) : 0;
      const qx = px - along * dx;
      const qy = py - along * dy;
      if (qx * qx + qy * qy <= reach * reach) data.set(COLOUR, 3 * (y * width + x));
    }
  }
}

/**
 * Writes a picture as JPEG if the name says so, else as PNG.
 * @param {string} path
 * @param {Picture} picture
 */
export async function writePicture(path, picture) {
  const bytes = /\.jpe?g$/i.test(path) ? encodeJpeg(picture) : encodePng({ ...picture, channels: 3 });
  try {
    await writeFile(path, bytes);
  } catch (error) {
    throw new UserError(
      `Cannot write the picture with boxes to ${path}: ${messageOf(error)}. Name a file in a folder that exists and may ` +
        "be written to with --output.",
      { cause: error },
    );
  }
}

/** @param {Picture} picture */
function encodeJpeg({ width, height, data }) {
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) rgba.set(data.subarray(3 * i, 3 * i + 3), 4 * i);
  return jpeg.encode({ width, height, data: rgba }, JPEG_QUALITY).data;
}
