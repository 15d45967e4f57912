import { tensorType, tupleType } from "../graph/type.ts";
import { unknownDim } from "../tensor/dim.ts";
import { tensor } from "../tensor/tensor.ts";
import { op } from "./op.ts";
import { stringOperand, stringsOf } from "./string-operand.ts";

type StringSplitAttributes = {
  /** What separates the parts; runs of white space when left out or empty, those at both ends dropped. */
  readonly delimiter?: string;
  /** How many times a string is split at most; the rest stays whole. */
  readonly maxSplit?: number;
};

/**
 * The parts of each string along a new last axis, padded with empty strings to the most parts that one has; and how many parts there
 * are, as i64 of the shape of x.
 */
export const stringSplit = op("stringSplit", ["x"], {
  infer([x], _attributes: StringSplitAttributes) {
    const { shape } = stringOperand(x, "x");
    return tupleType(tensorType("string", shape && [...shape, unknownDim]), tensorType("i64", shape));
  },
  eval([x], { delimiter = "", maxSplit = Number.POSITIVE_INFINITY }: StringSplitAttributes) {
    const split = delimiter === "" ? splitAtSpaces : splitAt(delimiter);
    const parts = stringsOf(x).map((text) => split(text, maxSplit));
    const width = parts.reduce((most, { length }) => Math.max(most, length), 0);
    const padded = parts.flatMap((each) => [...each, ...new Array<string>(width - each.length).fill("")]);
    const counts = BigInt64Array.from(parts, ({ length }) => BigInt(length));
    return [tensor("string", [...x.shape, width], padded), tensor("i64", x.shape, counts)];
  },
});

const splitAt =
  (delimiter: string) =>
  (text: string, most: number): string[] => {
    const parts = text.split(delimiter);
    return parts.length <= most + 1 ? parts : [...parts.slice(0, most), parts.slice(most).join(delimiter)];
  };

function splitAtSpaces(text: string, most: number): string[] {
  const parts: string[] = [];
  const word = /\S+/g;
  for (let found = word.exec(text); found !== null; found = word.exec(text)) {
    if (parts.length === most) return [...parts, text.slice(found.index).trimEnd()];
    parts.push(found[0]);
  }
  return parts;
}
