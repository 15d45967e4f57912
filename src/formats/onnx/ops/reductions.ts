import { knownNumbers } from "../../../graph/known-dims.ts";
import { isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { abs } from "../../../ops/abs.ts";
import { add } from "../../../ops/add.ts";
import { resolveAxes } from "../../../ops/axis.ts";
import type { ReductionKind } from "../../../ops/dynamic-reduce.ts";
import { dynamicReduce } from "../../../ops/dynamic-reduce.ts";
import { exp } from "../../../ops/exp.ts";
import { isInf } from "../../../ops/is-inf.ts";
import { log } from "../../../ops/log.ts";
import { mul } from "../../../ops/mul.ts";
import { reduceMax } from "../../../ops/reduce-max.ts";
import { reduceMean } from "../../../ops/reduce-mean.ts";
import { reduceMin } from "../../../ops/reduce-min.ts";
import { reduceProd } from "../../../ops/reduce-prod.ts";
import { reduceSum } from "../../../ops/reduce-sum.ts";
import { sqrt } from "../../../ops/sqrt.ts";
import { sub } from "../../../ops/sub.ts";
import { operandShape } from "../../../ops/tensor-operand.ts";
import { where } from "../../../ops/where.ts";
import type { OnnxNode } from "../node.ts";
import type { OnnxInputs, OnnxMapping } from "../onnx-op.ts";
import { onnxOps } from "../onnx-op.ts";
import { computeFloat, computeWide, constantLike } from "./precision.ts";

const byKind = { max: reduceMax, mean: reduceMean, min: reduceMin, prod: reduceProd, sum: reduceSum };

/** Reduces over the axes of one node; dims are kept as the node says, or as `keepDims` does. */
type Reduce = (kind: ReductionKind, x: Value, keepDims?: boolean) => Value;

/** The axes of a node: an attribute before opset `inputSince`, from then on an input, which need not be known. */
function reduceOf([x, axes]: OnnxInputs, node: OnnxNode, inputSince: number): Reduce {
  const keep = node.flag("keepdims", true);
  if (node.version < inputSince) return staticReduce(x, node.ints("axes", []), false, keep);
  const noneWhenEmpty = node.flag("noop_with_empty_axes", false);
  const known = isAbsent(axes) ? [] : knownNumbers(axes);
  if (known !== undefined) return staticReduce(x, known, noneWhenEmpty, keep);
  return (kind, value, keepDims = keep) => dynamicReduce(value, axes, { kind, keepDims, noneWhenEmpty });
}

function staticReduce(x: Value, axes: readonly number[], noneWhenEmpty: boolean, keep: boolean): Reduce {
  if (axes.length === 0 && noneWhenEmpty) return (_kind, value) => value;
  const rank = operandShape(x, "data")?.length;
  const listed =
    axes.length > 0 ? axes : rank === undefined ? undefined : Array.from({ length: rank }, (_unused, i) => i);
  const settled = rank === undefined || listed === undefined ? listed : resolveAxes(listed, rank).sort((a, b) => a - b);
  return (kind, value, keepDims = keep) =>
    byKind[kind](value, settled === undefined ? { keepDims } : { axes: settled, keepDims });
}

const square = (x: Value): Value => mul(x, x);

/** log Σ eˣ, shifted by the maximum so that no exponential overflows; an infinite maximum shifts nothing. */
function logSumExp(x: Value, reduce: Reduce): Value {
  const top = reduce("max", x, true);
  const shift = where(isInf(top), constantLike(top, 0), top);
  const shifted = add(log(reduce("sum", exp(sub(x, shift)), true)), shift);
  return reduce("max", shifted);
}

type Formula = (x: Value, reduce: Reduce) => Value;

const reducing =
  (formula: Formula, inputSince = 18): OnnxMapping =>
  (inputs, node) =>
    formula(inputs[0], reduceOf(inputs, node, inputSince));

const reducingWide = (formula: Formula): OnnxMapping =>
  reducing((x, reduce) => computeWide(x, (wide) => formula(wide, reduce)));
const reducingFloat = (formula: Formula): OnnxMapping =>
  reducing((x, reduce) => computeFloat(x, (float) => formula(float, reduce)));

export const reductions = onnxOps({
  ReduceL1: reducingWide((x, reduce) => reduce("sum", abs(x))),
  ReduceL2: reducingFloat((x, reduce) => sqrt(reduce("sum", square(x)))),
  ReduceLogSum: reducingFloat((x, reduce) => log(reduce("sum", x))),
  ReduceLogSumExp: reducingFloat(logSumExp),
  ReduceMax: reducing((x, reduce) => reduce("max", x)),
  ReduceMean: reducing((x, reduce) => reduce("mean", x)),
  ReduceMin: reducing((x, reduce) => reduce("min", x)),
  ReduceProd: reducing((x, reduce) => reduce("prod", x)),
  ReduceSum: reducing((x, reduce) => reduce("sum", x), 13),
  ReduceSumSquare: reducingWide((x, reduce) => reduce("sum", square(x))),
});
