// @ts-check
import { expand, sides } from "./geometry.js";
import { infer } from "./infer.js";
import { sample } from "./sample.js";

/** @import { Box, Picture, Session } from "./types.js" */

const HEIGHT = 48;
/** Narrower lines are padded to this width, as in training. */
const MIN_WIDTH = 320;
/** Widths are rounded up to a multiple of this, so that lines share prepared input shapes. */
const MULTIPLE = 32;
/** A little more air around the line (in heights) and narrower letters: the network then sees more of the spaces. */
const MARGIN = 0.09;
const NARROWING = 0.9;
const NORMALISATION = /** @type {const} */ ({ mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] });

/**
 * Reads one line of text.
 * @param {Session} session
 * @param {readonly string[]} characters by class; class 0 is the blank
 * @param {Picture} picture
 * @param {Box} box from the first corner to the second as the text reads
 */
export async function recognise(session, characters, picture, box) {
  const airy = expand(box, MARGIN * sides(box)[1]);
  const [length, thickness] = sides(airy);
  const width = Math.max(1, Math.ceil((NARROWING * HEIGHT * length) / thickness));
  const rowWidth = Math.ceil(Math.max(MIN_WIDTH, width) / MULTIPLE) * MULTIPLE;
  const input = sample(picture, airy, { width, height: HEIGHT, rowWidth }, NORMALISATION);
  const { shape, data } = await infer(session, [1, 3, HEIGHT, rowWidth], input);
  if (shape[2] !== characters.length) {
    throw new Error(`The recognition model knows ${shape[2]} characters, its dictionary has ${characters.length}.`);
  }
  return decodeCtc(data, characters);
}

/**
 * The classes of a recognition model: the blank, the lines of its dictionary, and the space.
 * @param {string} dictionary one character a line
 * @returns {string[]}
 */
export function charactersOf(dictionary) {
  return ["", ...dictionary.replace(/\r?\n$/, "").split(/\r?\n/), " "];
}

/**
 * Greedy CTC: the likeliest class of each step, with repeats merged and blanks dropped.
 * @param {Float32Array} probabilities steps x characters.length
 * @param {readonly string[]} characters class 0 is the blank
 * @returns {{ text: string, confidence: number }} the mean probability of the characters that were kept, else 0
 */
export function decodeCtc(probabilities, characters) {
  const classes = characters.length;
  let text = "";
  let sum = 0;
  let kept = 0;
  let previous = 0;
  for (let from = 0; from < probabilities.length; from += classes) {
    const best = largest(probabilities, from, classes);
    if (best !== 0 && best !== previous) {
      text += characters[best];
      sum += probabilities[from + best];
      kept++;
    }
    previous = best;
  }
  return { text, confidence: kept > 0 ? sum / kept : 0 };
}

/**
 * @param {Float32Array} values
 * @param {number} from
 * @param {number} count
 */
function largest(values, from, count) {
  let best = 0;
  for (let i = 1; i < count; i++) if (values[from + i] > values[from + best]) best = i;
  return best;
}
