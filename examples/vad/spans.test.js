// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { findSpans } from "./spans.js";

const STEP = 0.032;

/**
 * @param {readonly (readonly [probability: number, count: number])[]} runs
 */
function spansOf(runs) {
  const probabilities = runs.flatMap(([probability, count]) => Array(count).fill(probability));
  return findSpans(probabilities, STEP, probabilities.length * STEP);
}

test("speech is found with a margin of 30 ms", () => {
  assert.deepEqual(
    spansOf([
      [0, 10],
      [0.9, 20],
      [0, 10],
    ]),
    [{ start: 0.29, end: 0.99 }],
  );
});

test("it begins at 0.5 and goes on down to 0.35", () => {
  assert.deepEqual(
    spansOf([
      [0.45, 10],
      [0.5, 10],
      [0.36, 10],
      [0.34, 10],
    ]),
    [{ start: 0.29, end: 0.99 }],
  );
});

test("a pause of less than 100 ms does not part speech, a longer one does", () => {
  assert.equal(
    spansOf([
      [0.9, 20],
      [0, 3],
      [0.9, 20],
    ]).length,
    1,
  );
  assert.equal(
    spansOf([
      [0.9, 20],
      [0, 4],
      [0.9, 20],
    ]).length,
    2,
  );
});

test("clicks of less than 250 ms are no speech", () => {
  assert.deepEqual(
    spansOf([
      [0, 10],
      [0.9, 7],
      [0, 10],
    ]),
    [],
  );
  assert.equal(
    spansOf([
      [0, 10],
      [0.9, 8],
      [0, 10],
    ]).length,
    1,
  );
});

test("spans stay within the recording, and speech may last to its end", () => {
  assert.deepEqual(spansOf([[0.9, 20]]), [{ start: 0, end: 0.64 }]);
  assert.deepEqual(
    spansOf([
      [0.9, 20],
      [0.1, 2],
    ]),
    [{ start: 0, end: 0.67 }],
  );
  assert.deepEqual(spansOf([]), []);
});
