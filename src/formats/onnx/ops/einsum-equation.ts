import { FormatError } from "../../../tensor/errors.ts";

/** An equation with a label for every axis: letters, and the axes under an ellipsis as numbers counted from its right end. */
export interface EinsumEquation {
  readonly operands: readonly (readonly string[])[];
  readonly result: readonly string[];
}

/** Reads an einsum equation for operands of these ranks. Throws FormatError when it is no equation, or not one for them. */
export function parseEquation(equation: string, ranks: readonly number[]): EinsumEquation {
  const [left = "", right, ...rest] = equation.replaceAll(" ", "").split("->");
  const terms = left.split(",");
  if (rest.length > 0 || terms.length !== ranks.length) {
    throw new FormatError(`the equation "${equation}" has ${terms.length} operands, the node ${ranks.length}.`);
  }
  const operands = terms.map((term, i) => labelsOf(term, ranks[i] as number, equation));
  const all = operands.flat();
  const hidden = [...new Set(all.filter(isHidden))].sort((a, b) => Number(b) - Number(a));
  const result = right === undefined ? implicitResult(all, hidden) : spelledResult(right, hidden, equation);
  const unknown = result.find((label, i) => !all.includes(label) || result.indexOf(label) !== i);
  if (unknown !== undefined) {
    throw new FormatError(`the equation "${equation}" has "${unknown}" twice in its result, or in no operand.`);
  }
  return { operands, result };
}

const isHidden = (label: string): boolean => /^\d+$/.test(label);

function labelsOf(term: string, rank: number, equation: string): readonly string[] {
  const letters = term.replace("...", "");
  const hidden = rank - letters.length;
  const isLabelled = /^[A-Za-z]*$/.test(letters) && (term === letters ? hidden === 0 : hidden >= 0);
  if (!isLabelled) {
    throw new FormatError(`the equation "${equation}" does not fit: "${term}" is to label an operand of rank ${rank}.`);
  }
  const [before = "", after = ""] = term.split("...");
  const between = Array.from({ length: hidden }, (_unused, i) => String(hidden - i));
  return [...before, ...between, ...after];
}

/** Without "->": the ellipsis, then the letters that come once, in alphabetical order. */
const implicitResult = (all: readonly string[], hidden: readonly string[]): readonly string[] => [
  ...hidden,
  ...all.filter((label) => !isHidden(label) && all.indexOf(label) === all.lastIndexOf(label)).sort(),
];

function spelledResult(right: string, hidden: readonly string[], equation: string): readonly string[] {
  const [before = "", after = "", ...rest] = right.split("...");
  if (rest.length === 0 && /^[A-Za-z]*$/.test(before + after)) {
    return right.includes("...") ? [...before, ...hidden, ...after] : [...before];
  }
  throw new FormatError(
    `the result "${right}" of the equation "${equation}" must be letters and at most one ellipsis.`,
  );
}
