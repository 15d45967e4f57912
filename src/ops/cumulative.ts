import { knownNumbers } from "../graph/known-dims.ts";
import { tensorType } from "../graph/type.ts";
import { isInteger } from "../tensor/dtype.ts";
import { bigints, fromBigints, fromNumbers, numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { resolveAxis } from "./axis.ts";
import { axisLines } from "./axis-lines.ts";
import { requireDType } from "./dtype-class.ts";
import type { OpConstructor } from "./op.ts";
import { op } from "./op.ts";
import { scalarNumber, scalarOperand } from "./scalar-operand.ts";
import { tensorOperand } from "./tensor-operand.ts";

export type CumulativeAttributes = {
  /** Element i takes in the elements before it, not itself. */
  readonly exclusive?: boolean;
  /** From the end of the axis to its start. */
  readonly reverse?: boolean;
};

interface CumulativeDefinition {
  readonly start: number;
  readonly step: (total: number, x: number) => number;
  readonly stepBig: (total: bigint, x: bigint) => bigint;
}

/** Declares a running total along an axis, which is an operand of one integer. Floats add up in f64 and are rounded once; integers wrap. */
export function cumulative(
  name: string,
  definition: CumulativeDefinition,
): OpConstructor<readonly ["x", "axis"], CumulativeAttributes> {
  return op(name, ["x", "axis"], {
    infer([x, axis], _attributes: CumulativeAttributes) {
      const { dtype, shape } = tensorOperand(x, "x");
      requireDType(dtype, "numeric", "x");
      scalarOperand(axis, "axis", "integer");
      const [at] = knownNumbers(axis) ?? [];
      if (shape !== undefined && at !== undefined) resolveAxis(at, shape.length);
      return tensorType(dtype, shape);
    },
    eval: ([x, axis], attributes: CumulativeAttributes) =>
      runningTotals(definition, x, scalarNumber(axis, "axis"), attributes),
  });
}

function runningTotals(
  definition: CumulativeDefinition,
  x: Tensor,
  axis: number,
  attributes: CumulativeAttributes,
): Tensor {
  const lines = axisLines(x.shape, resolveAxis(axis, x.shape.length));
  const { start, step, stepBig } = definition;
  if (isInteger(x.dtype)) {
    const wrapping = (total: bigint, value: bigint) => BigInt.asIntN(64, stepBig(total, value));
    const target = new BigInt64Array(lines.outer * lines.length * lines.inner);
    accumulate<bigint>(bigints(x), target, BigInt(start), wrapping, { ...lines, ...attributes });
    return fromBigints(x.dtype, x.shape, target);
  }
  const target = new Float64Array(lines.outer * lines.length * lines.inner);
  accumulate<number>(numbers(x), target, start, step, { ...lines, ...attributes });
  return fromNumbers(x.dtype, x.shape, target);
}

function accumulate<T>(
  source: { readonly [i: number]: T },
  target: { [i: number]: T },
  start: T,
  step: (total: T, value: T) => T,
  { outer, length, inner, exclusive = false, reverse = false }: ReturnType<typeof axisLines> & CumulativeAttributes,
): void {
  for (let line = 0; line < outer * inner; line++) {
    const first = Math.floor(line / inner) * length * inner + (line % inner);
    let total = start;
    for (let i = 0; i < length; i++) {
      const at = first + (reverse ? length - 1 - i : i) * inner;
      const next = step(total, source[at]!);
      target[at] = exclusive ? total : next;
      total = next;
    }
  }
}
