import { knownDims } from "../graph/known-dims.ts";
import { formatType, tensorType, tupleType } from "../graph/type.ts";
import { unknownDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount, tensor } from "../tensor/tensor.ts";
import { resolveAxis } from "./axis.ts";
import { axisLines } from "./axis-lines.ts";
import { comparable, compareElements } from "./comparable.ts";
import { requireDType } from "./dtype-class.ts";
import { op } from "./op.ts";
import { scalarNumber, scalarOperand } from "./scalar-operand.ts";
import { copyRun, fromSlots, newSlots, slotsOf } from "./slots.ts";
import { tensorOperand } from "./tensor-operand.ts";

type TopKAttributes = { readonly axis: number; readonly largest: boolean };

/**
 * The k greatest (or least) elements along an axis, best first, and their indices as i64: (values, indices). Among equals the lower
 * index comes first; NaN counts as the greatest. k is one integer.
 */
export const topK = op("topK", ["x", "k"], {
  infer([x, k], { axis }: TopKAttributes) {
    const { dtype, shape } = tensorOperand(x, "x");
    requireDType(dtype, "numeric", "x");
    scalarOperand(k, "k", "integer");
    const count = knownDims(k)?.[0] ?? unknownDim;
    const at = shape && resolveAxis(axis, shape.length);
    const length = at === undefined ? undefined : shape?.[at];
    if (typeof count === "number" && typeof length === "number" && (count > length || count < 0)) {
      throw new ShapeError(`k is ${count}, but axis ${axis} of x ${formatType(x.type)} has ${length} entries.`);
    }
    const result = at === undefined ? undefined : shape?.with(at, count);
    return tupleType(tensorType(dtype, result), tensorType("i64", result));
  },
  eval: ([x, k], { axis, largest }: TopKAttributes) =>
    select(x, scalarNumber(k, "k"), resolveAxis(axis, x.shape.length), largest),
});

function select(x: Tensor, k: number, axis: number, largest: boolean): [Tensor, Tensor] {
  const { outer, length, inner } = axisLines(x.shape, axis);
  if (k < 0 || k > length) throw new ShapeError(`k is ${k}, but axis ${axis} of x has ${length} entries.`);
  const shape = x.shape.with(axis, k);
  const values = comparable(x);
  const [source, target] = [slotsOf(x), newSlots(x.dtype, elementCount(shape))];
  const indices = new BigInt64Array(elementCount(shape));
  const order = new Uint32Array(length);
  for (let line = 0; line < outer * inner; line++) {
    const [block, rest] = [Math.floor(line / inner), line % inner];
    const start = block * length * inner + rest;
    const compare = (a: number, b: number) => compareElements(values[start + a * inner]!, values[start + b * inner]!);
    for (let i = 0; i < length; i++) order[i] = i;
    order.sort((a, b) => (largest ? compare(b, a) : compare(a, b)) || a - b);
    for (let i = 0; i < k; i++) {
      const to = (block * k + i) * inner + rest;
      indices[to] = BigInt(order[i]!);
      copyRun(source.data, (start + order[i]! * inner) * source.width, target.data, to * source.width, source.width);
    }
  }
  return [fromSlots(target, shape), tensor("i64", shape, indices)];
}
