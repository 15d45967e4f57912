import { isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import { matmul } from "../../../ops/matmul.ts";
import { mul } from "../../../ops/mul.ts";
import { reduceSum } from "../../../ops/reduce-sum.ts";
import { slice } from "../../../ops/slice.ts";
import { squeeze } from "../../../ops/squeeze.ts";
import { operandShape } from "../../../ops/tensor-operand.ts";
import { transpose } from "../../../ops/transpose.ts";
import { unsqueeze } from "../../../ops/unsqueeze.ts";
import { FormatError } from "../../../tensor/errors.ts";
import type { OnnxNode } from "../node.ts";
import { joinSizes, reshapeTo, sizeOf, sizesOf } from "../shape-values.ts";
import { parseEquation } from "./einsum-equation.ts";
import { rankOf } from "./rank.ts";

/** A tensor with a label for each of its axes, no label twice. */
interface Labelled {
  readonly value: Value;
  readonly labels: readonly string[];
}

/**
 * Einsum as diagonals, sums, and one matrix product per further operand, from left to right. Batch labels stay in front, labels that
 * no later operand and not the result needs are summed as soon as they can be.
 */
export function einsum(inputs: readonly Value[], node: OnnxNode): Value {
  const equation = node.string("equation");
  if (equation === undefined) throw new FormatError(`the attribute "equation" is missing.`);
  const values = inputs.filter((input) => !isAbsent(input));
  const ranks = values.map((value, i) => rankOf(value, `operand ${i}`));
  const { operands, result } = parseEquation(equation, ranks);
  const terms = withoutOnes(values.map((value, i) => diagonals(value, operands[i] as readonly string[])));
  const [first, ...others] = terms as [Labelled, ...Labelled[]];
  const needed = (rest: readonly Labelled[]) => new Set([...result, ...rest.flatMap((term) => term.labels)]);
  let total = sumUnneeded(first, needed(others));
  others.forEach((term, i) => {
    const later = needed(others.slice(i + 1));
    const right = sumUnneeded(term, new Set([...later, ...total.labels]));
    total = contract(sumUnneeded(total, new Set([...later, ...right.labels])), right, later);
  });
  return permuted(total, result).value;
}

/** A label that a term has twice keeps the elements where both indexes agree: every (n+1)th of the n·n ones. */
function diagonals(value: Value, labels: readonly string[]): Labelled {
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  if (twice === undefined) return { value, labels };
  const [i, j] = [labels.indexOf(twice), labels.lastIndexOf(twice)];
  const others = labels.map((_label, axis) => axis).filter((axis) => axis !== i && axis !== j);
  const square = transpose(value, { permutation: [...others, i, j] });
  const flat = mergeAxes(square, others.length, 2);
  const step = add(sizeOf(square, -1), 1);
  const picked = slice(flat, [0], [Number.MAX_SAFE_INTEGER], [others.length], step);
  const diagonal = reshapeTo(picked, sizesOf(square, 0, -1));
  return diagonals(diagonal, [...others.map((axis) => labels[axis] as string), twice]);
}

/** Takes out axes of 1 whose label is longer in another term: they are broadcast. */
function withoutOnes(terms: readonly Labelled[]): readonly Labelled[] {
  const dimOf = ({ value, labels }: Labelled, label: string) =>
    operandShape(value, "an operand")?.[labels.indexOf(label)];
  return terms.map((term) => {
    const { value, labels } = term;
    const isOne = (label: string) =>
      dimOf(term, label) === 1 &&
      terms.some((other) => other !== term && other.labels.includes(label) && dimOf(other, label) !== 1);
    const gone = labels.filter(isOne);
    if (gone.length === 0) return term;
    const axes = gone.map((label) => labels.indexOf(label));
    return { value: squeeze(value, axes), labels: labels.filter((label) => !gone.includes(label)) };
  });
}

function sumUnneeded({ value, labels }: Labelled, needed: ReadonlySet<string>): Labelled {
  const axes = labels.flatMap((label, axis) => (needed.has(label) ? [] : [axis]));
  if (axes.length === 0) return { value, labels };
  return { value: reduceSum(value, { axes, keepDims: false }), labels: labels.filter((label) => needed.has(label)) };
}

function permuted({ value, labels }: Labelled, wanted: readonly string[]): Labelled {
  if (labels.every((label, i) => label === wanted[i])) return { value, labels };
  return { value: transpose(value, { permutation: wanted.map((label) => labels.indexOf(label)) }), labels: wanted };
}

/** The product of two terms, summed over the labels that both have and `later` does not need. */
function contract(a: Labelled, b: Labelled, later: ReadonlySet<string>): Labelled {
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const batch = shared.filter((label) => later.has(label));
  const summed = shared.filter((label) => !later.has(label));
  const rows = a.labels.filter((label) => !shared.includes(label));
  const columns = b.labels.filter((label) => !shared.includes(label));
  const labels = [...batch, ...rows, ...columns];
  const left = permuted(a, [...batch, ...rows, ...summed]).value;
  const right = permuted(b, [...batch, ...summed, ...columns]).value;
  const [front, split] = [batch.length, batch.length + rows.length];
  if (summed.length === 0) {
    const spread = columns.length === 0 ? left : unsqueeze(left, range(split, labels.length));
    return { value: mul(spread, rows.length === 0 ? right : unsqueeze(right, range(front, split))), labels };
  }
  const product = matmul(
    mergeAxes(mergeAxes(left, split, summed.length), front, rows.length),
    mergeAxes(mergeAxes(right, front + summed.length, columns.length), front, summed.length),
  );
  if (rows.length === 1 && columns.length === 1) return { value: product, labels };
  return {
    value: reshapeTo(product, joinSizes(sizesOf(left, 0, split), sizesOf(right, front + summed.length))),
    labels,
  };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_unused, i) => from + i);

/** Makes `count` neighbouring axes one; none of them becomes an axis of 1. */
function mergeAxes(x: Value, first: number, count: number): Value {
  if (count === 1) return x;
  if (count === 0) return unsqueeze(x, [first]);
  return reshapeTo(x, joinSizes(sizesOf(x, 0, first), [-1], sizesOf(x, first + count)));
}
