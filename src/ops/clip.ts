import { knownDims } from "../graph/known-dims.ts";
import { isAbsent } from "../graph/leaves.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Node } from "../ir/node.ts";
import type { Wide } from "../ir/wide.ts";
import { lessWide, selectWide } from "../ir/wide.ts";
import { maxDims, minDims } from "../tensor/dim.ts";
import type { DType } from "../tensor/dtype.ts";
import { is64BitInteger, isFloat } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";
import { bigints, fromBigints, fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { requireDType } from "./dtype-class.ts";
import { elementwiseTarget } from "./elementwise-target.ts";
import { op } from "./op.ts";
import { scalarInteger, scalarNumber } from "./scalar-operand.ts";
import { tensorOperand } from "./tensor-operand.ts";

/** min(max(x, min), max) for scalars min and max, each of which may be left out. Where min exceeds max the result is max; NaN stays NaN. */
export const clip = op("clip", ["x", "min?", "max?"], {
  infer([x, min, max]) {
    const type = tensorOperand(x, "x");
    requireDType(type.dtype, "numeric", "x");
    checkBound(min, "min", type.dtype);
    checkBound(max, "max", type.dtype);
    return tensorType(type.dtype, type.shape);
  },
  eval: ([x, min, max]) => (is64BitInteger(x.dtype) ? clipBig(x, min, max) : clipNumbers(x, min, max)),
  emit(k, [x, min, max], _, { result }) {
    const [raise, lower] = isFloat(result) ? (["maxAny", "minAny"] as const) : (["imax", "imin"] as const);
    const raised = min === undefined ? (x as Node) : k[raise](x as Node, min);
    return max === undefined ? raised : k[lower](raised, max);
  },
  emitWide(k, operands) {
    const [x, min, max] = operands as [Wide, Wide | undefined, Wide | undefined];
    const raised = min === undefined ? x : selectWide(k, lessWide(k, x, min), min, x);
    return max === undefined ? raised : selectWide(k, lessWide(k, max, raised), max, raised);
  },
  dims([x, min, max]) {
    const [low, high] = [min, max].map((bound) => (isAbsent(bound) ? [] : knownDims(bound)));
    if (low === undefined || high === undefined) return undefined;
    return knownDims(x)?.map((dim) => {
      const raised = low[0] === undefined ? dim : maxDims(dim, low[0]);
      return high[0] === undefined ? raised : minDims(raised, high[0]);
    });
  },
});

function checkBound(bound: Value, name: string, dtype: DType): void {
  if (isAbsent(bound)) return;
  const type = tensorOperand(bound, name);
  if (type.dtype === dtype && (type.shape ?? []).every((dim) => typeof dim !== "number" || dim === 1)) return;
  throw new ShapeError(`${name} must be a scalar ${dtype}, got ${formatType(type)}.`);
}

function clipNumbers(x: Tensor, min: Tensor | undefined, max: Tensor | undefined): Tensor {
  const [low, high] = [min ? scalarNumber(min, "min") : -Infinity, max ? scalarNumber(max, "max") : Infinity];
  const source = numbers(x);
  const target = elementwiseTarget(x.dtype, source.length);
  for (let i = 0; i < source.length; i++) target[i] = Math.min(Math.max(source[i]!, low), high);
  return fromNumbers(x.dtype, x.shape, target);
}

function clipBig(x: Tensor, min: Tensor | undefined, max: Tensor | undefined): Tensor {
  const [low, high] = [min && scalarInteger(min, "min"), max && scalarInteger(max, "max")];
  const target = bigints(x).slice();
  for (let i = 0; i < target.length; i++) {
    if (low !== undefined && target[i]! < low) target[i] = low;
    if (high !== undefined && target[i]! > high) target[i] = high;
  }
  return fromBigints(x.dtype, x.shape, target);
}
