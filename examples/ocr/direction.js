// @ts-check
import { sides, turned } from "./geometry.js";
import { infer } from "./infer.js";
import { sample } from "./sample.js";

/** @import { Box, Picture, Point, Session } from "./types.js" */

const HEIGHT = 48;
const WIDTH = 192;
const NORMALISATION = /** @type {const} */ ({ mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] });
/** A box this much higher than wide holds a line that runs up or down. */
const UPRIGHT_RATIO = 1.5;
/** The classifier sees the middle of a line of more than this many heights: squeezed letters mislead it. */
const MAX_RATIO = 6;
const SURE = 0.9;

/**
 * The box with its corners renumbered so that the text reads from its first corner to its second.
 * @param {Session} session a classifier of text lines: [standing, upside down]
 * @param {Picture} picture
 * @param {Box} box
 * @returns {Promise<Box>}
 */
export async function turnToText(session, picture, box) {
  const [width, height] = sides(box);
  const lying = height >= width * UPRIGHT_RATIO ? turned(box, 1) : box;
  const middle = middlePart(lying, MAX_RATIO);
  const [length, thickness] = sides(middle);
  const inputWidth = Math.min(WIDTH, Math.max(1, Math.ceil((HEIGHT * length) / thickness)));
  const input = sample(picture, middle, { width: inputWidth, height: HEIGHT, rowWidth: WIDTH }, NORMALISATION);
  const { data } = await infer(session, [1, 3, HEIGHT, WIDTH], input);
  return data[1] > SURE ? turned(lying, 2) : lying;
}

/**
 * The middle of a box, at most `ratio` times as long as the box is high.
 * @param {Box} box
 * @param {number} ratio
 * @returns {Box}
 */
function middlePart(box, ratio) {
  const [length, thickness] = sides(box);
  const cut = Math.max(0, (1 - (ratio * thickness) / length) / 2);
  const [a, b, c, d] = box;
  /** @type {(from: Point, to: Point) => Point} */
  const between = (from, to) => [from[0] + (to[0] - from[0]) * cut, from[1] + (to[1] - from[1]) * cut];
  return [between(a, b), between(b, a), between(c, d), between(d, c)];
}
