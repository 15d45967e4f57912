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
  const scale = deviation.map((d) => 1 / (255 * across * down * d));
  const shift = mean.map((m, i) => -m / deviation[i]);
  const plane = height * rowWidth;
  const out = new Float32Array(3 * plane);
  const row = new Float64Array(3 * width);
  const points = Float64Array.of(0, 0, ax, ay);
  for (let y = 0; y < height; y++) {
    row.fill(0);
    for (let j = 0; j < down; j++) {
      const v = y + (j + 0.5) / down;
      for (let i = 0; i < across; i++) {
        const u = (i + 0.5) / across;
        points[0] = left + u * ax + v * bx - 0.5;
        points[1] = top + u * ay + v * by - 0.5;
        addRow(row, picture, points);
      }
    }
    for (let c = 0; c < 3; c++) {
      const first = c * plane + y * rowWidth;
      for (let x = 0; x < width; x++) out[first + x] = row[3 * x + 2 - c] * scale[c] + shift[c];
    }
  }
  return out;
}

/**
 * Adds the colours of a row of points, each between the four pixels around it. Pixel centres have whole coordinates.
 * @param {Float64Array} row red, green and blue of each point
 * @param {Picture} picture
 * @param {Float64Array} points x and y of the first one, and of the step to the next
 */
function addRow(row, { width, height, data }, points) {
  for (let i = 0, at = 0; at < row.length; i++, at += 3) {
    const cx = Math.min(Math.max(points[0] + i * points[2], 0), width - 1);
    const cy = Math.min(Math.max(points[1] + i * points[3], 0), height - 1);
    const x0 = Math.floor(cx);
    const y0 = Math.floor(cy);
    const fx = cx - x0;
    const fy = cy - y0;
    const a = (y0 * width + x0) * 3;
    const b = x0 + 1 < width ? a + 3 : a;
    const c = y0 + 1 < height ? a + width * 3 : a;
    const d = b + c - a;
    const wa = (1 - fx) * (1 - fy);
    const wb = fx * (1 - fy);
    const wc = (1 - fx) * fy;
    const wd = fx * fy;
    row[at] += data[a] * wa + data[b] * wb + data[c] * wc + data[d] * wd;
    row[at + 1] += data[a + 1] * wa + data[b + 1] * wb + data[c + 1] * wc + data[d + 1] * wd;
    row[at + 2] += data[a + 2] * wa + data[b + 2] * wb + data[c + 2] * wc + data[d + 2] * wd;
  }
}
