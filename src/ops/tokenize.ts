import { formatType, tensorType } from "../graph/type.ts";
import { unknownDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { tensor } from "../tensor/tensor.ts";
import { op } from "./op.ts";
import { toRegExp } from "./regex-syntax.ts";
import { stringOperand, stringsOf } from "./string-operand.ts";

type TokenizeAttributes = {
  /** Regular expressions (in RE2's syntax) of what stands between tokens, applied one after the other; a single empty one cuts into characters. */
  readonly separators?: readonly string[];
  /** Instead: a regular expression of the tokens themselves. */
  readonly token?: string;
  /** Whether tokens U+0002 and U+0003 are put around those of each text, unless there are none in any. */
  readonly mark: boolean;
  readonly pad: string;
  /** Tokens of fewer characters are dropped. */
  readonly minLength: number;
};

/** The tokens of each text along a new last axis, padded to the most that one has. */
export const tokenize = op("tokenize", ["x"], {
  infer([x], attributes: TokenizeAttributes) {
    const { shape } = stringOperand(x, "x");
    if (shape !== undefined && shape.length !== 1 && shape.length !== 2) {
      throw new ShapeError(`x must have the shape [C] or [N,C], got ${formatType(x.type)}.`);
    }
    tokenizer(attributes);
    return tensorType("string", shape && [...shape, unknownDim]);
  },
  eval([x], attributes: TokenizeAttributes) {
    const split = tokenizer(attributes);
    const { mark, pad } = attributes;
    const tokens = stringsOf(x).map(split);
    const isMarked = mark && tokens.some(({ length }) => length > 0);
    const rows = isMarked ? tokens.map((row) => ["\u0002", ...row, "\u0003"]) : tokens;
    const width = rows.reduce((most, { length }) => Math.max(most, length), 0);
    const padded = rows.flatMap((row) => [...row, ...new Array<string>(width - row.length).fill(pad)]);
    return tensor("string", [...x.shape, width], padded);
  },
});

function tokenizer({ separators = [], token, minLength }: TokenizeAttributes): (text: string) => string[] {
  const isLong = (part: string) => part !== "" && [...part].length >= minLength;
  if (token !== undefined) {
    const pattern = toRegExp(token, "g");
    return (text) => (text.match(pattern) ?? []).filter(isLong);
  }
  if (separators.length === 1 && separators[0] === "") return (text) => [...text];
  const patterns = separators.map((separator) => toRegExp(separator, "g"));
  return (text) => {
    let parts = [text];
    for (const pattern of patterns) parts = parts.flatMap((part) => cutAt(part, pattern)).filter(isLong);
    return parts.filter(isLong);
  };
}

/** What lies between the matches. */
function cutAt(text: string, pattern: RegExp): string[] {
  const parts: string[] = [];
  let start = 0;
  for (const { 0: found, index } of text.matchAll(pattern)) {
    if (found === "") continue;
    parts.push(text.slice(start, index));
    start = index + found.length;
  }
  return [...parts, text.slice(start)];
}
