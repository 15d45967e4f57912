import { knownDims } from "../graph/known-dims.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Dim } from "../tensor/dim.ts";
import { unknownDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { numbers } from "../tensor/numbers.ts";
import { elementCount } from "../tensor/tensor.ts";
import { resolveAxis } from "./axis.ts";
import { constantNumber } from "./constant-number.ts";
import { requireDType } from "./dtype-class.ts";
import { op } from "./op.ts";
import { scalarNumber, scalarOperand } from "./scalar-operand.ts";
import { copyRun, fromSlots, newSlots, slotsOf } from "./slots.ts";
import { operandShape, tensorOperand } from "./tensor-operand.ts";

type OneHotAttributes = { readonly axis: number };

/**
 * For each index a line of `depth` elements along the new axis `axis` of the result (-1: the last): values[1] at the index,
 * values[0] elsewhere. Indices below 0 count from the end; those outside [-depth, depth) give a line of values[0]. Indices and
 * depth (one element) may be of any numeric dtype and are cut to whole numbers.
 */
export const oneHot = op("oneHot", ["indices", "depth", "values"], {
  infer([indices, depth, values], { axis }: OneHotAttributes) {
    const { dtype, shape } = tensorOperand(indices, "indices");
    requireDType(dtype, "numeric", "indices");
    scalarOperand(depth, "depth", "numeric");
    const [count] = operandShape(values, "values", 1) ?? [];
    if (typeof count === "number" && count !== 2) {
      throw new ShapeError(`values must be [off, on], got ${formatType(values.type)}.`);
    }
    const made = tensorOperand(values, "values").dtype;
    if (shape === undefined) return tensorType(made, undefined);
    const given = constantNumber(depth);
    const size: Dim = given === undefined ? (knownDims(depth)?.[0] ?? unknownDim) : checkedDepth(given);
    return tensorType(made, shape.toSpliced(resolveAxis(axis, shape.length + 1), 0, size));
  },
  eval([indices, depth, values], { axis }: OneHotAttributes) {
    const size = checkedDepth(scalarNumber(depth, "depth"));
    const at = resolveAxis(axis, indices.shape.length + 1);
    const shape = indices.shape.toSpliced(at, 0, size);
    const inner = elementCount(indices.shape.slice(at));
    const [source, target] = [slotsOf(values), newSlots(values.dtype, elementCount(shape))];
    const { width } = source;
    for (let i = 0; i < target.data.length; i++) target.data[i] = source.data[i % width]!;
    numbers(indices).forEach((value, i) => {
      const index = Math.trunc(value) + (value < 0 ? size : 0);
      if (!(index >= 0 && index < size)) return;
      const [outer, rest] = [Math.floor(i / inner), i % inner];
      copyRun(source.data, width, target.data, ((outer * size + index) * inner + rest) * width, width);
    });
    return fromSlots(target, shape);
  },
});

function checkedDepth(depth: number): number {
  const size = Math.trunc(depth);
  if (size >= 0 && Number.isSafeInteger(size)) return size;
  throw new ShapeError(`depth must be a size, got ${depth}.`);
}
