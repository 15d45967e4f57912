// @ts-check

/**
 * @typedef {object} Random
 * @property {() => number} uniform in [0, 1), a multiple of 2^-32
 * @property {(lo: number, hi: number) => number} int an integer from lo to hi, hi included
 * @property {<const T>(list: readonly T[]) => T} pick
 * @property {(probability: number) => boolean} chance
 */

/**
 * Numbers that follow from the seed alone: xorshift32 over a counter hashed as MurmurHash3 finishes.
 * @param {number | string} seed
 * @returns {Random}
 */
export function createRandom(seed) {
  let counter = 0x811c9dc5;
  for (const character of String(seed)) counter = Math.imul(counter ^ character.charCodeAt(0), 0x01000193);
  const next = () => {
    counter = (counter + 0x9e3779b9) | 0;
    let h = counter;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return (h ^ (h >>> 16)) >>> 0;
  };
  const uniform = () => next() / 2 ** 32;
  /** @type {Random["int"]} */
  const int = (lo, hi) => lo + Math.floor(uniform() * (hi - lo + 1));
  return {
    uniform,
    int,
    pick: (list) => list[int(0, list.length - 1)],
    chance: (probability) => uniform() < probability,
  };
}
