import { formatType, tensorType } from "../graph/type.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import { requireDType } from "./dtype-class.ts";
import { resolveIndex } from "./gather.ts";
import { op } from "./op.ts";
import { operandShape, tensorOperand } from "./tensor-operand.ts";

/** `scores` [N,V] with -∞ for each token that would make the last `size` tokens of its row of `tokens` [N,S] an n-gram that the row has already. */
export const ngramRepeatBlock = op("ngramRepeatBlock", ["tokens", "scores"], {
  infer([tokens, scores], _attributes: { readonly size: number }) {
    operandShape(tokens, "tokens", 2);
    const { dtype, shape } = tensorOperand(scores, "scores");
    requireDType(dtype, "float", "scores");
    requireDType(tensorOperand(tokens, "tokens").dtype, "integer", "tokens");
    const [rows, others] = [shape?.[0], operandShape(tokens, "tokens")?.[0]];
    if (typeof rows === "number" && typeof others === "number" && rows !== others) {
      throw new ShapeError(
        `tokens and scores must have as many rows, got ${formatType(tokens.type)} and ${formatType(scores.type)}.`,
      );
    }
    return tensorType(dtype, shape);
  },
  eval([tokens, scores], { size }: { readonly size: number }) {
    const [[rows = 0, length = 0], [, words = 0]] = [tokens.shape, scores.shape];
    const [ids, result] = [numbers(tokens), Float64Array.from(numbers(scores))];
    for (let row = 0; row < rows; row++) {
      const own = ids.subarray(row * length, (row + 1) * length);
      for (const next of repeatedNext(own, size)) {
        result[row * words + resolveIndex(next, words, "the columns of scores")] = Number.NEGATIVE_INFINITY;
      }
    }
    return fromNumbers(scores.dtype, scores.shape, result);
  },
});

/** The tokens that followed earlier occurrences of the last size - 1 tokens. */
function repeatedNext(ids: ArrayLike<number>, size: number): number[] {
  const tail = ids.length - size + 1;
  const found: number[] = [];
  for (let start = 0; start < tail; start++) {
    let same = 0;
    while (same < size - 1 && ids[start + same] === ids[tail + same]) same++;
    if (same === size - 1) found.push(ids[start + same]!);
  }
  return found;
}
