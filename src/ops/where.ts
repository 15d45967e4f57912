import { knownDims } from "../graph/known-dims.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Node } from "../ir/node.ts";
import type { Wide } from "../ir/wide.ts";
import { selectWide } from "../ir/wide.ts";
import type { Dim } from "../tensor/dim.ts";
import { dimEquals, unknownDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { broadcastShapes } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import { broadcastRuns } from "./broadcast-runs.ts";
import { broadcastTypes } from "./broadcast-types.ts";
import { requireDType } from "./dtype-class.ts";
import { maskOf } from "./emit.ts";
import { op } from "./op.ts";
import { fromSlots, newSlots, slotsOf } from "./slots.ts";
import { tensorOperand } from "./tensor-operand.ts";

/** x where the condition holds, else y; the three broadcast. Any dtype. */
export const where = op("where", ["condition", "x", "y"], {
  infer(operands) {
    const [condition, x, y] = operands;
    requireDType(tensorOperand(condition, "condition").dtype, "bool", "condition");
    const { dtype } = tensorOperand(x, "x");
    if (tensorOperand(y, "y").dtype !== dtype) {
      throw new ShapeError(`the dtypes differ: x ${formatType(x.type)}, y ${formatType(y.type)}; cast one of them.`);
    }
    return tensorType(dtype, broadcastTypes(operands, ["condition", "x", "y"]));
  },
  eval: ([condition, x, y]) => select(condition, x, y),
  emit: (k, [condition, x, y]) => k.select(maskOf(k, condition as Node), x as Node, y as Node),
  emitWide: (k, [condition, x, y]) => selectWide(k, maskOf(k, condition as Node), x as Wide, y as Wide),
  dims(operands) {
    const lists = operands.map(knownDims);
    const count = Math.max(...lists.map((list) => list?.length ?? Number.NaN));
    if (Number.isNaN(count) || lists.some((list) => list?.length === 0)) return undefined;
    const element = (list: readonly Dim[] | undefined, i: number) => list?.[list.length === 1 ? 0 : i] ?? unknownDim;
    return Array.from({ length: count }, (_unused, i) => {
      const [condition, x, y] = lists.map((list) => element(list, i)) as [Dim, Dim, Dim];
      if (typeof condition === "number") return condition === 0 ? y : x;
      return dimEquals(x, y) ? x : unknownDim;
    });
  },
});

function select(condition: Tensor, x: Tensor, y: Tensor): Tensor {
  const shape = broadcastShapes(condition.shape, x.shape, y.shape);
  const target = newSlots(x.dtype, elementCount(shape));
  const chosen = condition.data as Uint8Array;
  const [xs, ys, to, { width }] = [slotsOf(x).data, slotsOf(y).data, target.data, target];
  broadcastRuns(
    [condition.shape, x.shape, y.shape],
    shape,
    (out, count, [c = 0, i = 0, j = 0], [dc = 0, di = 0, dj = 0]) => {
      for (let n = 0; n < count; n++) {
        const isX = chosen[c + n * dc] !== 0;
        const source = isX ? xs : ys;
        const from = (isX ? i + n * di : j + n * dj) * width;
        for (let s = 0; s < width; s++) to[(out + n) * width + s] = source[from + s]!;
      }
    },
  );
  return fromSlots(target, shape);
}
