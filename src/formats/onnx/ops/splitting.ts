import { knownDims } from "../../../graph/known-dims.ts";
import { dims, isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import { resolveAxis } from "../../../ops/axis.ts";
import { div } from "../../../ops/div.ts";
import { mul } from "../../../ops/mul.ts";
import { slice } from "../../../ops/slice.ts";
import { operandShape } from "../../../ops/tensor-operand.ts";
import type { Dim } from "../../../tensor/dim.ts";
import { ceilDivDims, exactDivDims, isUnknownDim, mulDims, unknownDim } from "../../../tensor/dim.ts";
import { FormatError } from "../../../tensor/errors.ts";
import type { OnnxNode } from "../node.ts";
import { onnxOps } from "../onnx-op.ts";
import { foldSizes, sizeOf } from "../shape-values.ts";

/** Split, as one slice for each part. */
export const splitting = onnxOps({
  Split: {
    1: ([x, sizes], node) => splitBySizes(x, sizes, node.ints("split"), node),
    2: ([x], node) => splitBySizes(x, undefined, node.ints("split"), node),
    13: ([x, sizes], node) => splitBySizes(x, sizes, undefined, node),
    18: ([x, sizes], node) => {
      const count = node.int("num_outputs");
      return count === undefined ? splitBySizes(x, sizes, undefined, node) : splitEvenly(x, count, node, true);
    },
  },
});

const toEnd = Number.MAX_SAFE_INTEGER;
const axisOf = (node: OnnxNode): number => node.int("axis", 0);

function splitBySizes(
  x: Value,
  operand: Value | undefined,
  attribute: readonly number[] | undefined,
  node: OnnxNode,
): readonly Value[] {
  if (attribute === undefined && (operand === undefined || isAbsent(operand))) {
    return splitEvenly(x, node.outputNames.length, node, false);
  }
  const sizes = attribute === undefined ? (operand as Value) : dims(attribute);
  const known = knownDims(sizes);
  if (known !== undefined && known.length !== node.outputNames.length) {
    throw new FormatError(`split has ${known.length} sizes for ${node.outputNames.length} outputs.`);
  }
  let start = dims([0]);
  return node.outputNames.map((_name, i) => {
    const end = foldSizes(add(start, slice(sizes, [i], [i + 1], undefined, undefined)));
    const part = slice(x, start, end, [axisOf(node)], undefined);
    start = end;
    return part;
  });
}

/** Parts of one size. `isUneven` allows a smaller last one. */
function splitEvenly(x: Value, count: number, node: OnnxNode, isUneven: boolean): readonly Value[] {
  const axis = axisOf(node);
  const shape = operandShape(x, "input");
  const length = shape?.[resolveAxis(axis, shape.length)] ?? unknownDim;
  if (typeof length === "number" && !isUneven && length % count !== 0) {
    throw new FormatError(`axis ${axis} has ${length} entries, which do not divide into ${count} equal parts.`);
  }
  const bound = isUnknownDim(length) ? boundAtRunTime(x, axis, count) : knownBound(length, count, isUneven);
  return Array.from({ length: count }, (_unused, i) => {
    const end = i === count - 1 ? dims([toEnd]) : bound(i + 1);
    return slice(x, bound(i), end, [axis], undefined);
  });
}

type Bound = (part: number) => Value;

function knownBound(length: Dim, count: number, isUneven: boolean): Bound {
  const part = isUneven ? ceilDivDims(length, count) : exactDivDims(length, count);
  return (i) => dims([mulDims(part, i)]);
}

function boundAtRunTime(x: Value, axis: number, count: number): Bound {
  const part = div(add(sizeOf(x, axis), count - 1), count);
  return (i) => mul(part, i);
}
