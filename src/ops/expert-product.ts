// What the products with weights of chosen experts share.

import { formatType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import { isInteger } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import { formatShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { RowReader } from "./block-weights.ts";
import { operandShape, tensorOperand } from "./tensor-operand.ts";

/**
 * The shape [tokens, slots, columns] of products of x [tokens, slots or 1, depth] with experts [tokens, slots]. Throws ShapeError
 * where the two certainly do not fit.
 */
export function expertProductShape(x: Value, experts: Value, columns: Dim | undefined): readonly Dim[] | undefined {
  const [rows, chosen] = [operandShape(x, "x", 3), operandShape(experts, "experts", 2)];
  if (!isInteger(tensorOperand(experts, "experts").dtype)) {
    throw new ShapeError(`experts must be integers, got ${formatType(experts.type)}.`);
  }
  if (rows === undefined || chosen === undefined || columns === undefined) return undefined;
  const fits = [rows[0] as Dim, rows[1] as Dim].every((dim, i) => {
    const other = chosen[i] as Dim;
    return typeof dim !== "number" || typeof other !== "number" || dim === other || (i === 1 && dim === 1);
  });
  if (!fits) {
    throw new ShapeError(
      `x ${formatType(x.type)} must have a row for each of the experts ${formatType(experts.type)}, or one a token.`,
    );
  }
  return [chosen[0] as Dim, chosen[1] as Dim, columns];
}

/** The weights of experts × columns rows, and how to read one of them. */
export interface ExpertWeights {
  readonly experts: number;
  readonly columns: number;
  readonly readRow: RowReader;
}

/** y[t, s] = W[experts[t, s]] x[t, s or 0] + bias[experts[t, s]]: each row of weights is read once; sums are f64 and rounded once. */
export function expertProduct(x: Tensor, chosen: Tensor, weights: ExpertWeights, bias: Tensor | undefined): Tensor {
  const [tokens, slots] = chosen.shape as [number, number];
  const depth = x.shape[2]!;
  const { columns, readRow } = weights;
  const [source, offsets] = [numbers(x), bias && numbers(bias)];
  const target = new Float64Array(tokens * slots * columns);
  const row = new Float64Array(depth);
  placesOfExperts(chosen, weights.experts).forEach((places, expert) => {
    if (places.length === 0) return;
    for (let n = 0; n < columns; n++) {
      const at = expert * columns + n;
      readRow(at, row, 0);
      for (const place of places) {
        const from = (x.shape[1] === 1 ? Math.floor(place / slots) : place) * depth;
        let sum = offsets === undefined ? 0 : offsets[at]!;
        for (let k = 0; k < depth; k++) sum += row[k]! * source[from + k]!;
        target[place * columns + n] = sum;
      }
    }
  });
  return fromNumbers(x.dtype, [tokens, slots, columns], target);
}

/** For each expert the places of [tokens, slots] that chose it. */
function placesOfExperts(chosen: Tensor, count: number): number[][] {
  const places = Array.from({ length: count }, (): number[] => []);
  numbers(chosen).forEach((expert, place) => {
    const list = places[expert];
    if (list === undefined) {
      throw new ShapeError(
        `experts ${formatShape(chosen.shape)} holds ${expert}, but there are ${count} experts, counted from 0.`,
      );
    }
    list.push(place);
  });
  return places;
}
