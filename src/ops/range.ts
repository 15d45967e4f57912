import { knownDims } from "../graph/known-dims.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import { addDims, ceilDivDims, maxDims, mulDims, subDims, unknownDim } from "../tensor/dim.ts";
import { isInteger } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromBigints, fromNumbers } from "../tensor/numbers.ts";
import { constantNumber } from "./constant-number.ts";
import { op } from "./op.ts";
import { scalarInteger, scalarNumber, scalarOperand } from "./scalar-operand.ts";

const names = ["start", "limit", "delta"] as const;

/** start, start + delta, start + 2·delta, ... up to but without `limit`. The operands hold one element each. */
export const range = op("range", names, {
  infer(operands) {
    const [start, limit, delta] = operands.map((value, i) => scalarOperand(value, names[i] as string, "numeric"));
    if (limit!.dtype !== start!.dtype || delta!.dtype !== start!.dtype) {
      const types = operands.map((value) => formatType(value.type)).join(", ");
      throw new ShapeError(`start, limit and delta must be of one dtype, got ${types}.`);
    }
    return tensorType(start!.dtype, [rangeLength(operands)]);
  },
  eval([start, limit, delta]) {
    const [first, end, step] = [start, limit, delta].map((t, i) => scalarNumber(t, names[i] as string)) as [
      number,
      number,
      number,
    ];
    const count = rangeCount(first, end, step);
    if (isInteger(start.dtype)) {
      const [from, by] = [scalarInteger(start, "start"), scalarInteger(delta, "delta")];
      return fromBigints(
        start.dtype,
        [count],
        BigInt64Array.from({ length: count }, (_unused, i) => from + BigInt(i) * by),
      );
    }
    return fromNumbers(
      start.dtype,
      [count],
      Float64Array.from({ length: count }, (_unused, i) => first + i * step),
    );
  },
  dims(operands) {
    const count = rangeLength(operands);
    const [start, delta] = [knownDims(operands[0])?.[0], knownDims(operands[2])?.[0]];
    if (typeof count !== "number" || count > 1024 || start === undefined || delta === undefined) return undefined;
    return Array.from({ length: count }, (_unused, i) => addDims(start, mulDims(delta, i)));
  },
});

function rangeCount(start: number, limit: number, delta: number): number {
  if (delta === 0) throw new ShapeError("delta must not be 0.");
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  if (Number.isSafeInteger(count)) return count;
  throw new ShapeError(`the range from ${start} to ${limit} in steps of ${delta} has no length.`);
}

function rangeLength(operands: readonly Value[]): Dim {
  const [first, end, step] = operands.map(constantNumber);
  if (first !== undefined && end !== undefined && step !== undefined) return rangeCount(first, end, step);
  const [start, limit, delta] = operands.map((value) => knownDims(value)?.[0]);
  if (start === undefined || limit === undefined || typeof delta !== "number" || delta === 0) return unknownDim;
  return maxDims(ceilDivDims(delta > 0 ? subDims(limit, start) : subDims(start, limit), Math.abs(delta)), 0);
}
