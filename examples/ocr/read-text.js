// @ts-check
import { detect } from "./detect.js";
import { turnToText } from "./direction.js";
import { inReadingOrder } from "./geometry.js";
import { recognise } from "./recognise.js";

/** @import { Box, Line, Picture, Point, Sessions, Stage } from "./types.js" */

/** Lines read with less confidence are left out: mostly texture that looks like text. */
export const MIN_CONFIDENCE = 0.5;

/**
 * Finds and reads the lines of text in a picture.
 * @param {Picture} picture
 * @param {Sessions} sessions
 * @param {readonly string[]} characters
 * @param {{ side?: number | undefined, onProgress?: (message: string) => void }} [options]
 * @returns {Promise<{ lines: Line[], leftOut: number, stages: Stage[] }>}
 */
export async function readText(picture, sessions, characters, { side, onProgress = () => {} } = {}) {
  onProgress("finding text");
  const detection = await timed(() => detect(sessions.detection, picture, side));
  const found = detection.result;
  const { length } = found;
  const direction = await timed(() =>
    oneByOne(found, (box, i) => {
      onProgress(`checking direction ${i + 1} of ${length}`);
      return turnToText(sessions.direction, picture, box);
    }),
  );
  const recognition = await timed(() =>
    oneByOne(inReadingOrder(direction.result), async (box, i) => {
      onProgress(`reading line ${i + 1} of ${length}`);
      const { text, confidence } = await recognise(sessions.recognition, characters, picture, box);
      return { text, confidence: Math.round(confidence * 1e4) / 1e4, box: wholePixels(box, picture) };
    }),
  );
  const lines = recognition.result.filter(({ text, confidence }) => text.trim() !== "" && confidence >= MIN_CONFIDENCE);
  return {
    lines,
    leftOut: length - lines.length,
    stages: [
      { name: "detection", ms: detection.ms, target: sessions.detection.info.target },
      { name: "direction", ms: direction.ms, target: sessions.direction.info.target },
      { name: "recognition", ms: recognition.ms, target: sessions.recognition.info.target },
    ],
  };
}

/**
 * @template T
 * @param {() => T | Promise<T>} work
 * @returns {Promise<{ result: T, ms: number }>}
 */
export async function timed(work) {
  const start = performance.now();
  const result = await work();
  return { result, ms: performance.now() - start };
}

/**
 * @template T, R
 * @param {readonly T[]} items
 * @param {(item: T, index: number) => Promise<R>} work
 */
async function oneByOne(items, work) {
  /** @type {R[]} */
  const results = [];
  for (const [i, item] of items.entries()) results.push(await work(item, i));
  return results;
}

/**
 * @param {Box} box
 * @param {Picture} picture
 * @returns {Box}
 */
function wholePixels([a, b, c, d], { width, height }) {
  /** @type {(value: number, limit: number) => number} */
  const clip = (value, limit) => Math.min(Math.max(Math.round(value), 0), limit);
  /** @type {(point: Point) => Point} */
  const whole = ([x, y]) => [clip(x, width), clip(y, height)];
  return [whole(a), whole(b), whole(c), whole(d)];
}
