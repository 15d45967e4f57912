// @ts-check

/** @import { Box, Picture } from "./types.js" */

/**
 * What a model expects of a colour c in 0..1: (c - mean) / deviation, for each channel of its input. PaddleOCR trained
 * with pictures in blue, green, red order, so the first entry is for blue.
 * @typedef {{ mean: readonly [number, number, number], deviation: readonly [number, number, number] }} Normalisation
 */

/**
 * Cuts a rectangle out of a picture, turns and scales it to `width` x `height`, and normalises it: 3 planes (blue,
 * green, red), each `height` rows of `rowWidth` values of which those after `width` stay 0. Outside of the picture the
 * nearest edge pixel counts. Enlarging interpolates linearly; shrinking averages over several such samples a pixel.
 * @param {Picture} picture
 * @param {Box} box where the upper left, upper right, lower right and lower left corners of the result lie
 * @param {{ width: number, height: number, rowWidth?: number }} size
 * @param {Normalisation} normalisation
 * @returns {Float32Array}
 */
export function sample(picture, box, { width, height, rowWidth = width }, { mean, deviation }) {
  const [[left, top], right, , below] = box;
  const [ax, ay] = [(right[0] - left) / width, (right[1] - top) / width];
  const [bx, by] = [(below[0] - left) / height, (below[1] - top) / height];
  const across = Math.max(1, Math.round(Math.hypot(ax, ay)));
  const down = Math.max(1, Math.round(Math.hypot(bx, by)));
  const count = across * down;
  const scale = deviation.map((d) => 1 / (255 * count * d));
  const shift = mean.map((m, i) => -m / deviation[i]);
  const plane = height * rowWidth;
  const out = new Float32Array(3 * plane);
  const sum = new Float64Array(3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      sum.fill(0);
      for (let i = 0; i < count; i++) {
        const u = x + ((i % across) + 0.5) / across;
        const v = y + (Math.floor(i / across) + 0.5) / down;
        addPixel(sum, picture, left + u * ax + v * bx - 0.5, top + u * ay + v * by - 0.5);
      }
      const at = y * rowWidth + x;
      for (let c = 0; c < 3; c++) out[c * plane + at] = sum[2 - c] * scale[c] + shift[c];
    }
  }
  return out;
}

/**
 * Adds the colour between the four pixels around (x, y), where pixel centres have whole coordinates.
 * @param {Float64Array} sum red, green, blue
 * @param {Picture} picture
 * @param {number} x
 * @param {number} y
 */
function addPixel(sum, { width, height, data }, x, y) {
  const cx = Math.min(Math.max(x, 0), width - 1);
  const cy = Math.min(Math.max(y, 0), height - 1);
  const x0 = Math.floor(cx);
  const y0 = Math.floor(cy);
  const fx = cx - x0;
  const fy = cy - y0;
  const a = (y0 * width + x0) * 3;
  const b = x0 + 1 < width ? a + 3 : a;
  const down = y0 + 1 < height ? width * 3 : 0;
  const wa = (1 - fx) * (1 - fy);
  const wb = fx * (1 - fy);
  const wc = (1 - fx) * fy;
  const wd = fx * fy;
  for (let c = 0; c < 3; c++) {
    sum[c] += data[a + c] * wa + data[b + c] * wb + data[a + down + c] * wc + data[b + down + c] * wd;
  }
}
