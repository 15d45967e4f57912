// @ts-check
import { expand, minAreaRectangle, sides } from "./geometry.js";
import { infer } from "./infer.js";
import { regionOutlines } from "./regions.js";
import { sample } from "./sample.js";

/** @import { Box, Picture, Point, Session } from "./types.js" */

/** The longest side that the detector sees, in pixels; larger pictures are shrunk to it. */
export const DEFAULT_SIDE = 960;
/** The network halves its input five times. */
const MULTIPLE = 32;
const NORMALISATION = /** @type {const} */ ({ mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] });

/** A pixel is text from this probability on. */
const PIXEL_THRESHOLD = 0.3;
/** A box is kept if the mean probability within it is at least this. */
const BOX_THRESHOLD = 0.6;
/** The network marks the core of a line; area over perimeter times this is what it leaves out on each side. */
const UNCLIP = 1.6;
const MIN_CORE_SIDE = 3;

/**
 * Finds the lines of text in a picture with a DB network (differentiable binarisation).
 * @param {Session} session
 * @param {Picture} picture
 * @param {number} [side] the longest side that the network sees
 * @returns {Promise<Box[]>} in pixels of the picture, in no particular order
 */
export async function detect(session, picture, side = DEFAULT_SIDE) {
  const { width, height } = inputSize(picture, side);
  /** @type {Box} */
  const whole = [
    [0, 0],
    [picture.width, 0],
    [picture.width, picture.height],
    [0, picture.height],
  ];
  const input = sample(picture, whole, { width, height }, NORMALISATION);
  const { data } = await infer(session, [1, 3, height, width], input);
  const [scaleX, scaleY] = [picture.width / width, picture.height / height];
  return boxesInMap(data, width, height).map((box) => scaled(box, scaleX, scaleY));
}

/**
 * @param {Picture} picture
 * @param {number} side
 */
function inputSize({ width, height }, side) {
  const scale = Math.min(1, side / Math.max(width, height));
  /** @param {number} pixels */
  const fit = (pixels) => Math.max(MULTIPLE, Math.round((pixels * scale) / MULTIPLE) * MULTIPLE);
  return { width: fit(width), height: fit(height) };
}

/**
 * The boxes of a probability map, in its pixels.
 * @param {Float32Array} map `height` rows of `width`
 * @param {number} width
 * @param {number} height
 * @returns {Box[]}
 */
export function boxesInMap(map, width, height) {
  const boxes = [];
  for (const outline of regionOutlines(map, width, height, PIXEL_THRESHOLD)) {
    const core = minAreaRectangle(outline);
    const [w, h] = sides(core);
    if (Math.min(w, h) < MIN_CORE_SIDE || meanWithin(map, width, height, core) < BOX_THRESHOLD) continue;
    boxes.push(expand(core, (w * h * UNCLIP) / (2 * (w + h))));
  }
  return boxes;
}

/**
 * The mean of a map over the pixels whose centres lie in a rectangle.
 * @param {Float32Array} map
 * @param {number} width
 * @param {number} height
 * @param {Box} box
 */
function meanWithin(map, width, height, box) {
  const [a, b, , d] = box;
  const [w, h] = sides(box);
  const [left, right] = range(
    box.map(([x]) => x),
    width,
  );
  const [top, bottom] = range(
    box.map(([, y]) => y),
    height,
  );
  const [ux, uy] = [(b[0] - a[0]) / w, (b[1] - a[1]) / w];
  const [vx, vy] = [(d[0] - a[0]) / h, (d[1] - a[1]) / h];
  let sum = 0;
  let count = 0;
  for (let y = top; y < bottom; y++) {
    const py = y + 0.5 - a[1];
    for (let x = left; x < right; x++) {
      const px = x + 0.5 - a[0];
      const along = px * ux + py * uy;
      const across = px * vx + py * vy;
      if (along < 0 || along > w || across < 0 || across > h) continue;
      sum += map[y * width + x];
      count++;
    }
  }
  return count > 0 ? sum / count : 0;
}

/**
 * @param {number[]} values
 * @param {number} limit
 * @returns {[from: number, to: number]}
 */
function range(values, limit) {
  return [Math.max(0, Math.floor(Math.min(...values))), Math.min(limit, Math.ceil(Math.max(...values)))];
}

/**
 * @param {Box} box
 * @param {number} scaleX
 * @param {number} scaleY
 * @returns {Box}
 */
function scaled([a, b, c, d], scaleX, scaleY) {
  /** @type {(point: Point) => Point} */
  const scale = ([x, y]) => [x * scaleX, y * scaleY];
  return [scale(a), scale(b), scale(c), scale(d)];
}
