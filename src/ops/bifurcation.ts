import { isAbsent } from "../graph/leaves.ts";
import { formatType, tensorType, tupleType } from "../graph/type.ts";
import { unknownDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { bigints, scalar } from "../tensor/numbers.ts";
import { tensor } from "../tensor/tensor.ts";
import { op } from "./op.ts";
import { scalarInteger, scalarOperand } from "./scalar-operand.ts";
import { tensorOperand } from "./tensor-operand.ts";

type BifurcationAttributes = { readonly minNgram: number; readonly maxNgram: number };

/**
 * A step of aggressive decoding: (tokens, match). `tokens` are the current ones followed by the predicted ones up to and with the first
 * that differs from the source, which is read from `previous` on. `match` is the place in the source behind the only occurrence of the
 * last n tokens, n growing from minNgram to maxNgram while there is more than one; -1 when there is none.
 */
export const bifurcation = op("bifurcation", ["source", "current", "previous", "predicted?"], {
  infer([source, current, previous, predicted], _attributes: BifurcationAttributes) {
    const given = [source, current, previous, ...(isAbsent(predicted) ? [] : [predicted])];
    const wrong = given.find((value) => tensorOperand(value, "tokens").dtype !== "i64");
    if (wrong !== undefined) throw new ShapeError(`the operands must be i64, got ${formatType(wrong.type)}.`);
    scalarOperand(previous, "previous", "integer");
    const length = isAbsent(predicted) ? tensorOperand(current, "current").shape : [unknownDim];
    return tupleType(tensorType("i64", length), tensorType("i64", []));
  },
  eval([source, current, previous, predicted], { minNgram, maxNgram }: BifurcationAttributes) {
    const text = bigints(source) as BigInt64Array;
    const start = Number(scalarInteger(previous, "previous"));
    const own = [...(bigints(current) as BigInt64Array)];
    const added = predicted === undefined ? [] : agreed(text, bigints(predicted) as BigInt64Array, start);
    const tokens = BigInt64Array.from([...own, ...added]);
    return [tensor("i64", [tokens.length], tokens), scalar("i64", matchEnd(text, tokens, minNgram, maxNgram))];
  },
});

function agreed(source: BigInt64Array, predicted: BigInt64Array, start: number): bigint[] {
  const expected = source.length + 1 - start;
  if (start < 0 || start > source.length || predicted.length !== expected) {
    throw new ShapeError(
      `predicted must have one token more than source has from ${start} on, ${expected}, got ${predicted.length}.`,
    );
  }
  let same = 0;
  while (same < expected - 1 && predicted[same] === source[start + same]) same++;
  return [...predicted.subarray(0, same + 1)];
}

function matchEnd(source: BigInt64Array, tokens: BigInt64Array, minNgram: number, maxNgram: number): number {
  for (let n = minNgram; n <= Math.min(maxNgram, tokens.length); n++) {
    const ngram = tokens.subarray(tokens.length - n);
    const first = indexOf(source, ngram, 0);
    if (first < 0) return -1;
    const end = first + n;
    if (end >= source.length || indexOf(source, ngram, end) < 0) return end;
  }
  return -1;
}

function indexOf(source: BigInt64Array, part: BigInt64Array, from: number): number {
  for (let at = from; at + part.length <= source.length; at++)
    if (part.every((token, i) => source[at + i] === token)) return at;
  return -1;
}
