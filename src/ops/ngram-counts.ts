import { formatType, tensorType } from "../graph/type.ts";
import { ShapeError } from "../tensor/errors.ts";
import { bigints } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { tensor } from "../tensor/tensor.ts";
import { op } from "./op.ts";
import { tensorOperand } from "./tensor-operand.ts";

type NgramCountsAttributes = {
  /** Where in `pool` the n-grams of 1, 2, 3, ... tokens begin. */
  readonly starts: readonly number[];
  /** The place in the result of each n-gram of the pool. */
  readonly places: readonly number[];
  readonly minLength: number;
  readonly maxLength: number;
  /** How many tokens may lie between one token of an n-gram and the next, always the same number. */
  readonly maxSkip: number;
};

/**
 * How often the n-grams listed in `pool` (a vector of tokens, strings or integers) occur in x ([C] or [N,C]): f32 of size
 * 1 + max(places) in place of C.
 */
export const ngramCounts = op("ngramCounts", ["x", "pool"], {
  infer([x, pool], { places }: NgramCountsAttributes) {
    const { shape } = tensorOperand(x, "x");
    const areStrings = [x, pool].map((value, i) => tensorOperand(value, i === 0 ? "x" : "pool").dtype === "string");
    if (areStrings[0] !== areStrings[1] || (shape?.length ?? 1) > 2) {
      throw new ShapeError(
        `x must hold tokens of the pool in a shape [C] or [N,C], got ${formatType(x.type)} for a pool ${formatType(pool.type)}.`,
      );
    }
    return tensorType("f32", shape && [...shape.slice(0, -1), widthOf(places)]);
  },
  eval([x, pool], attributes: NgramCountsAttributes) {
    const table = placesByNgram(tokensOf(pool), attributes);
    const width = widthOf(attributes.places);
    const [rows, length] = x.shape.length === 2 ? [x.shape[0]!, x.shape[1]!] : [1, x.shape[0] ?? 1];
    const counts = new Float32Array(rows * width);
    const tokens = tokensOf(x);
    for (let row = 0; row < rows; row++) {
      const count = counts.subarray(row * width, (row + 1) * width);
      countRow(tokens.slice(row * length, (row + 1) * length), table, count, attributes);
    }
    return tensor("f32", [...x.shape.slice(0, -1), width], counts);
  },
});

const widthOf = (places: readonly number[]): number => places.reduce((most, place) => Math.max(most, place), -1) + 1;

const tokensOf = (t: Tensor): readonly string[] =>
  t.dtype === "string" ? (t.data as string[]) : Array.from(bigints(t), String);

const keyOf = (tokens: readonly string[]): string => JSON.stringify(tokens);

function placesByNgram(pool: readonly string[], { starts, places }: NgramCountsAttributes): Map<string, number> {
  const table = new Map<string, number>();
  let ngram = 0;
  starts.forEach((start, n) => {
    const end = Math.min(starts[n + 1] ?? pool.length, pool.length);
    for (let at = Math.max(start, 0); at + n < end; at += n + 1) {
      const place = places[ngram++];
      if (place !== undefined) table.set(keyOf(pool.slice(at, at + n + 1)), place);
    }
  });
  return table;
}

/** Single tokens are counted once, whatever the number of tokens between. */
function countRow(
  tokens: readonly string[],
  table: ReadonlyMap<string, number>,
  counts: Float32Array,
  { minLength, maxLength, maxSkip }: NgramCountsAttributes,
): void {
  const longest = Math.min(maxLength, tokens.length);
  for (let length = Math.max(minLength, 1); length <= longest; length++) {
    const steps = length === 1 ? 1 : Math.min(maxSkip + 1, tokens.length);
    for (let step = 1; step <= steps; step++) {
      for (let start = 0; start + (length - 1) * step < tokens.length; start++) {
        const ngram = Array.from({ length }, (_unused, i) => tokens[start + i * step]!);
        const place = table.get(keyOf(ngram));
        if (place !== undefined) counts[place]!++;
      }
    }
  }
}
