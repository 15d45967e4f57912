import { isAbsent } from "../graph/leaves.ts";
import { formatType, tensorType } from "../graph/type.ts";
import { ShapeError } from "../tensor/errors.ts";
import { elementCount } from "../tensor/tensor.ts";
import { op } from "./op.ts";
import { scalarNumber, scalarOperand } from "./scalar-operand.ts";
import { copyRun, fromSlots, newSlots, slotsOf } from "./slots.ts";
import { tensorOperand } from "./tensor-operand.ts";

type TriluAttributes = { readonly upper: boolean };

/**
 * The matrices of the last two axes with zeros below (`upper`) or above the k-th diagonal, which itself is kept. k is a scalar or
 * one-element vector, 0 when left out; the diagonal above the main one is 1.
 */
export const trilu = op("trilu", ["x", "k?"], {
  infer([x, k], _attributes: TriluAttributes) {
    const { dtype, shape } = tensorOperand(x, "x");
    if (shape !== undefined && shape.length < 2)
      throw new ShapeError(`x must have rank 2 or more, got ${formatType(x.type)}.`);
    if (!isAbsent(k)) scalarOperand(k, "k", "integer");
    return tensorType(dtype, shape);
  },
  eval([x, k], { upper }: TriluAttributes) {
    const diagonal = k === undefined ? 0 : scalarNumber(k, "k");
    const [rows, columns] = x.shape.slice(-2) as [number, number];
    const [source, target] = [slotsOf(x), newSlots(x.dtype, elementCount(x.shape))];
    const { width } = source;
    const matrices = elementCount(x.shape.slice(0, -2));
    for (let row = 0; row < matrices * rows; row++) {
      const edge = (row % rows) + diagonal + (upper ? 0 : 1);
      const cut = Math.max(0, Math.min(columns, edge));
      const [begin, end] = upper ? [cut, columns] : [0, cut];
      const at = (row * columns + begin) * width;
      copyRun(source.data, at, target.data, at, (end - begin) * width);
    }
    return fromSlots(target, x.shape);
  },
});
