import { tensorType, tupleType } from "../graph/type.ts";
import { unknownDim } from "../tensor/dim.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount, tensor } from "../tensor/tensor.ts";
import { resolveAxis } from "./axis.ts";
import { axisLines } from "./axis-lines.ts";
import { comparable, compareElements } from "./comparable.ts";
import { requireDType } from "./dtype-class.ts";
import { op } from "./op.ts";
import { takeEntries } from "./take-entries.ts";
import { tensorOperand } from "./tensor-operand.ts";

type UniqueAttributes = {
  /** Look for distinct slices along this axis; left out: distinct elements of x, as a vector. */
  readonly axis?: number;
  /** Ascending (slices: in lexicographic order) instead of by first occurrence. */
  readonly sorted: boolean;
};

/**
 * The distinct entries of x: (y, indices, inverse, counts), the last three i64 vectors: where each entry of y occurs first, which
 * entry of y each of x is, and how often each occurs.
 */
export const unique = op("unique", ["x"], {
  infer([x], { axis }: UniqueAttributes) {
    const { dtype, shape } = tensorOperand(x, "x");
    requireDType(dtype, "any", "x");
    const vector = tensorType("i64", [unknownDim]);
    const values = axis === undefined ? [unknownDim] : shape?.with(resolveAxis(axis, shape.length), unknownDim);
    return tupleType(tensorType(dtype, values), vector, vector, vector);
  },
  eval([x], { axis, sorted }: UniqueAttributes) {
    const flat = axis === undefined ? { ...x, shape: [elementCount(x.shape)] } : x;
    return uniqueEntries(flat, resolveAxis(axis ?? 0, flat.shape.length), sorted);
  },
});

function uniqueEntries(x: Tensor, axis: number, sorted: boolean): readonly Tensor[] {
  const compare = entryComparison(x, axis);
  const length = x.shape[axis]!;
  const order = Array.from({ length }, (_unused, i) => i).sort((a, b) => compare(a, b) || a - b);
  const groups: number[][] = [];
  for (const entry of order) {
    const last = groups[groups.length - 1];
    if (last !== undefined && compare(last[0]!, entry) === 0) last.push(entry);
    else groups.push([entry]);
  }
  if (!sorted) groups.sort((a, b) => a[0]! - b[0]!);
  const inverse = new BigInt64Array(length);
  groups.forEach((group, i) => {
    for (const entry of group) inverse[entry] = BigInt(i);
  });
  const first = groups.map((group) => group[0]!);
  const vector = (data: BigInt64Array) => tensor("i64", [data.length], data);
  const counts = BigInt64Array.from(groups, (group) => BigInt(group.length));
  return [takeEntries(x, axis, first), vector(BigInt64Array.from(first, BigInt)), vector(inverse), vector(counts)];
}

/** Compares entries a and b along the axis, element by element. */
function entryComparison(x: Tensor, axis: number): (a: number, b: number) => number {
  const { outer, length, inner } = axisLines(x.shape, axis);
  const values = comparable(x);
  return (a, b) => {
    for (let o = 0; o < outer; o++) {
      for (let n = 0; n < inner; n++) {
        const order = compareElements(values[(o * length + a) * inner + n]!, values[(o * length + b) * inner + n]!);
        if (order !== 0) return order;
      }
    }
    return 0;
  };
}
