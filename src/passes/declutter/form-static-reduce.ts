import { like } from "../../graph/construct.ts";
import { knownNumbers } from "../../graph/known-dims.ts";
import { $ } from "../../graph/pattern.ts";
import { rule } from "../../graph/rule.ts";
import { resolveAxes } from "../../ops/axis.ts";
import type { DynamicReduceAttributes } from "../../ops/dynamic-reduce.ts";
import { dynamicReduce, reductions } from "../../ops/dynamic-reduce.ts";
import { operandShape } from "../../ops/tensor-operand.ts";

/** A reduction whose axes came to be known as the reduction that has them as an attribute, counted from the front and in order. */
export const formStaticReduce = rule({
  name: "form-static-reduce",
  match: like(dynamicReduce, $.x, $.axes),
  when: ({ axes }) => knownNumbers(axes) !== undefined,
  replace({ x, axes }, root) {
    const { kind, keepDims, noneWhenEmpty } = root.attributes as DynamicReduceAttributes;
    const known = knownNumbers(axes) ?? [];
    const reduce = reductions[kind];
    if (known.length === 0) return noneWhenEmpty ? x : reduce(x, { keepDims });
    const rank = operandShape(x, "x")?.length;
    const settled = rank === undefined ? known : resolveAxes(known, rank).sort((a, b) => a - b);
    return reduce(x, { axes: settled, keepDims });
  },
  shared: true,
  example: [
    'dynamicReduce(x, [-1, 0], {kind: "mean", keepDims: true, noneWhenEmpty: false}) => reduceMean(x, {axes: [0, 2], keepDims: true})',
    'x: i64[2,3], dynamicReduce(x, 1, {kind: "max", keepDims: false, noneWhenEmpty: true}) => reduceMax(x, {axes: [1], keepDims: false})',
    'x: f32[...], dynamicReduce(x, [-1], {kind: "sum", keepDims: true, noneWhenEmpty: true}) => reduceSum(x, {axes: [-1], keepDims: true})',
    'dynamicReduce(x, [], {kind: "prod", keepDims: false, noneWhenEmpty: false}) => reduceProd(x, {keepDims: false})',
    'dynamicReduce(x, [], {kind: "min", keepDims: true, noneWhenEmpty: true}) => x',
    'axes: i64[1], dynamicReduce(x, axes, {kind: "sum", keepDims: true, noneWhenEmpty: true}) => same',
  ],
});
