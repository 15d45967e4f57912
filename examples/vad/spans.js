// @ts-check

/** @typedef {{ start: number, end: number }} Span in seconds */

/** Speech begins where the probability reaches this ... */
const BEGIN = 0.5;
/** ... and ends where it falls below this for MIN_SILENCE seconds. */
const END = 0.35;
const MIN_SILENCE = 0.1;
/** Shorter spans are clicks. */
const MIN_SPEECH = 0.25;
/** Added on each side, so that no soft sound is cut off. */
const MARGIN = 0.03;

/**
 * The spans of speech in a row of probabilities.
 * @param {readonly number[]} probabilities one for each step
 * @param {number} step seconds
 * @param {number} duration of the whole recording in seconds; no span reaches beyond it
 * @returns {Span[]}
 */
export function findSpans(probabilities, step, duration) {
  return rawSpans(probabilities, step, duration)
    .filter(({ start, end }) => end - start >= MIN_SPEECH)
    .map(({ start, end }) => ({
      start: round(Math.max(0, start - MARGIN)),
      end: round(Math.min(duration, end + MARGIN)),
    }));
}

/**
 * @param {readonly number[]} probabilities
 * @param {number} step
 * @param {number} duration
 */
function rawSpans(probabilities, step, duration) {
  /** @type {Span[]} */
  const spans = [];
  /** @type {number | undefined} */
  let start;
  /** @type {number | undefined} */
  let quietSince;
  for (const [i, probability] of probabilities.entries()) {
    const time = i * step;
    if (start === undefined) {
      if (probability >= BEGIN) start = time;
      continue;
    }
    if (probability >= END) {
      quietSince = undefined;
      continue;
    }
    quietSince ??= time;
    if (time + step - quietSince < MIN_SILENCE) continue;
    spans.push({ start, end: quietSince });
    start = undefined;
    quietSince = undefined;
  }
  if (start !== undefined) spans.push({ start, end: quietSince ?? duration });
  return spans;
}

/** @param {number} seconds */
function round(seconds) {
  return Math.round(seconds * 1000) / 1000;
}
