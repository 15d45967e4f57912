import { formatType, tensorType } from "../graph/type.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { NumberArray } from "../tensor/numbers.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { resolveIndex } from "./gather.ts";
import { op } from "./op.ts";
import { operandShape, tensorOperand } from "./tensor-operand.ts";

/**
 * A vector for each word from its characters. `words` (integers) holds a word's characters along axis 1, zeros after the last; `weight`
 * [F,1,K,E] and `bias` [F] are convolved with the embeddings of the characters, rows of `table` [V,E]; of each filter's results the
 * largest tanh remains: [S,F]. An empty word gives zeros.
 */
export const wordConvEmbedding = op("wordConvEmbedding", ["words", "weight", "bias", "table"], {
  infer([words, weight, bias, table]) {
    const shape = operandShape(words, "words");
    const [filters, , , size] = operandShape(weight, "weight", 4) ?? [];
    operandShape(bias, "bias", 1);
    const [, own] = operandShape(table, "table", 2) ?? [];
    if ((shape?.length ?? 2) < 2 || (typeof size === "number" && typeof own === "number" && size !== own)) {
      throw new ShapeError(
        `words must have at least two axes and weight [F,1,K,E] the E of table [V,E], got ${formatType(words.type)}, ${formatType(weight.type)} and ${formatType(table.type)}.`,
      );
    }
    const { dtype } = tensorOperand(table, "table");
    return tensorType(dtype, shape && filters !== undefined ? [shape[0]!, filters] : undefined);
  },
  eval([words, weight, bias, table]) {
    const [count = 0, length = 0] = words.shape;
    const [filters = 0] = weight.shape;
    const layer: Layer = {
      weight: numbers(weight),
      bias: numbers(bias),
      window: weight.shape[2]!,
      size: table.shape[1]!,
    };
    const characters = numbers(words);
    const result = new Float64Array(count * filters);
    for (let i = 0; i < count; i++) {
      const own = characters.subarray(i * length, (i + 1) * length);
      const end = own.findIndex((character) => character <= 0);
      const used = end < 0 ? length : end;
      if (used === 0) continue;
      const embedded = embed(own.slice(0, Math.max(used, layer.window)), table);
      for (let f = 0; f < filters; f++) result[i * filters + f] = strongest(embedded, f, layer);
    }
    return fromNumbers(table.dtype, [count, filters], result);
  },
});

interface Layer {
  readonly weight: NumberArray;
  readonly bias: NumberArray;
  readonly window: number;
  readonly size: number;
}

function embed(characters: ArrayLike<number>, table: Tensor): Float64Array {
  const [rows = 0, size = 0] = table.shape;
  const values = numbers(table);
  const result = new Float64Array(characters.length * size);
  for (let i = 0; i < characters.length; i++) {
    const row = resolveIndex(characters[i]!, rows, "table");
    result.set(values.subarray(row * size, (row + 1) * size), i * size);
  }
  return result;
}

/** The largest tanh(bias + window · filter). tanh grows, so it is taken once, of the largest sum. */
function strongest(embedded: Float64Array, filter: number, { weight, bias, window, size }: Layer): number {
  const width = window * size;
  let most = Number.NEGATIVE_INFINITY;
  for (let at = 0; at + width <= embedded.length; at += size) {
    let sum = bias[filter]!;
    for (let i = 0; i < width; i++) sum += embedded[at + i]! * weight[filter * width + i]!;
    most = Math.max(most, sum);
  }
  return Math.tanh(most);
}
