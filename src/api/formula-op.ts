import type { TensorType } from "../graph/type.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Builder } from "../ir/builder.ts";
import type { Node } from "../ir/node.ts";
import { broadcastIndexes } from "../ops/broadcast-indexes.ts";
import { broadcastTypes } from "../ops/broadcast-types.ts";
import { requireDType } from "../ops/dtype-class.ts";
import { elementwiseTarget } from "../ops/elementwise-target.ts";
import type { EmitTypes } from "../ops/emit.ts";
import { tensorOperand } from "../ops/tensor-operand.ts";
import { describeFeed } from "../runtime/describe-feed.ts";
import { isFloat } from "../tensor/dtype.ts";
import { ShapeError, UsageError } from "../tensor/errors.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import { broadcastShapes } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import type { Formula, FormulaInputs, FormulaOperand } from "./formula.ts";
import { formulaArithmetic } from "./formula-arithmetic.ts";

/** A formula whose attributes are settled. */
export type SettledFormula = (k: Formula, inputs: FormulaInputs) => FormulaOperand;

/** The type of a formula's result: the inputs' own float dtype, and the shape they broadcast to. Throws ShapeError where they do not fit. */
export function inferFormula(operands: readonly Value[]): TensorType {
  const names = operands.map((_value, i) => `input ${i}`);
  const [first] = operands as readonly [Value];
  const { dtype } = tensorOperand(first, "input 0");
  operands.forEach((value, i) => {
    requireDType(tensorOperand(value, `input ${i}`).dtype, "float", `input ${i}`);
    if (tensorOperand(value, `input ${i}`).dtype === dtype) return;
    throw new ShapeError(
      `the inputs of a formula must have one dtype, got ${formatType(first.type)} and ${formatType(value.type)}; cast them to one before.`,
    );
  });
  return tensorType(dtype, broadcastTypes(operands, names));
}

/** The formula on each element, computed in f64 and rounded once to the inputs' dtype. */
export function evalFormula(tensors: readonly Tensor[], formula: SettledFormula): Tensor {
  const [first] = tensors as readonly [Tensor];
  const shape = broadcastShapes(...tensors.map((t) => t.shape));
  const sources = tensors.map((t) => ({ values: numbers(t), at: broadcastIndexes(t.shape, shape) }));
  const target = elementwiseTarget(first.dtype, elementCount(shape));
  const apply = formula as unknown as (k: Formula, inputs: readonly number[]) => number;
  for (let i = 0; i < target.length; i++) {
    const inputs = sources.map(({ values, at }) => values[at[i] as number] as number);
    target[i] = apply(formulaArithmetic, inputs);
  }
  return fromNumbers(first.dtype, shape, target);
}

/** Throws UsageError unless the formula gives a number. */
export function checkFormula(inputs: number, formula: SettledFormula): void {
  const ones = new Array<number>(inputs).fill(1) as unknown as FormulaInputs;
  const result: unknown = formula(formulaArithmetic, ones);
  if (typeof result === "number") return;
  throw new UsageError(`its emit must return the number that its formula gives, got ${describeFeed(result)}.`);
}

/** The formula in the kernel language, whose builder has all that a formula may use; undefined for dtypes other than floats. */
export function emitFormula(
  k: Builder,
  operands: readonly (Node | undefined)[],
  formula: SettledFormula,
  { operands: dtypes, result }: EmitTypes,
): Node | undefined {
  if ([...dtypes, result].some((dtype) => dtype === undefined || !isFloat(dtype))) return undefined;
  const made = formula(k as unknown as Formula, operands as unknown as FormulaInputs);
  return typeof made === "number" ? k.constant(made, "vec f32") : (made as unknown as Node);
}
