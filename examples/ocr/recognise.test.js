// @ts-check
import { expect, test } from "vitest";
import { charactersOf, decodeCtc } from "./recognise.js";

const CHARACTERS = charactersOf("a\nb\n");

/**
 * One row of probabilities a step.
 * @param {readonly (readonly [best: string, probability: number])[]} steps "" is the blank
 */
function rows(steps) {
  return Float32Array.from(
    steps.flatMap(([best, probability]) => CHARACTERS.map((c) => (c === best ? probability : (1 - probability) / 3))),
  );
}

test("the classes are the blank, the dictionary, and the space", () => {
  expect(CHARACTERS).toEqual(["", "a", "b", " "]);
  expect(charactersOf("a\r\nb")).toEqual(CHARACTERS);
});

test("repeats merge, blanks part doubles and vanish", () => {
  const steps = /** @type {const} */ ([
    ["", 0.9],
    ["a", 0.8],
    ["a", 0.7],
    ["", 0.9],
    ["a", 0.6],
    [" ", 0.9],
    ["b", 0.5],
    ["b", 0.9],
    ["", 1],
  ]);
  const { text, confidence } = decodeCtc(rows(steps), CHARACTERS);
  expect(text).toBe("aa b");
  expect(confidence).toBeCloseTo((0.8 + 0.6 + 0.9 + 0.5) / 4, 6);
});

test("nothing but blanks is an empty text without confidence", () => {
  expect(
    decodeCtc(
      rows([
        ["", 0.9],
        ["", 0.8],
      ]),
      CHARACTERS,
    ),
  ).toEqual({ text: "", confidence: 0 });
});
