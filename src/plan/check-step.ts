import { absent, constant, input, isAbsent } from "../graph/leaves.ts";
import type { Op } from "../graph/op.ts";
import { operandName } from "../graph/operand-name.ts";
import type { Type } from "../graph/type.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Attributes, Value } from "../graph/value.ts";
import type { StepFacts, TensorFacts } from "../kernels/schedule.ts";
import { resolveOp } from "../ops/registered.ts";
import { ShapeError, within } from "../tensor/errors.ts";
import type { PlanStep } from "./plan.ts";

/** Checks by its type rule that a step's operands fit, and that its results have the planned sizes. Throws ShapeError naming the step. */
export function checkStep({ op, origin, attributes }: PlanStep, { operands, results }: StepFacts): void {
  const values = operands.map((operand) => {
    if (operand === undefined) return absent;
    const { dtype, shape, constant: known } = operand;
    return known ? constant(known) : input("", tensorType(dtype, shape));
  });
  within(`${op} "${origin}"`, () => {
    const inferred = inferWith(resolveOp(op), values, attributes);
    const types = inferred.kind === "tuple" ? inferred.items : [inferred];
    results.forEach((result, i) => {
      const type = types[i];
      if (result === undefined || type?.kind !== "tensor" || isResult(type.shape, result)) return;
      throw new ShapeError(
        `its result is ${formatType(type)} for operands ${values.map((value) => formatType(value.type)).join(", ")}, but the graph says ${formatType(tensorType(result.dtype, result.shape))}. Check the shapes of the inputs.`,
      );
    });
  });
}

/** The type rule's answer; where operands do not fit, its ShapeError names all of them. */
function inferWith(op: Op, values: readonly Value[], attributes: Attributes): Type {
  try {
    return op.infer(values, attributes);
  } catch (error) {
    if (error instanceof ShapeError) {
      const given = values.flatMap((value, i) =>
        isAbsent(value) ? [] : [`${operandName(op, i)} ${formatType(value.type)}`],
      );
      error.message += ` The operands of the step are ${given.join(", ") || "none"}. Check the shapes of the inputs.`;
    }
    throw error;
  }
}

const isResult = (shape: readonly unknown[] | undefined, { shape: planned }: TensorFacts): boolean =>
  shape === undefined ||
  (shape.length === planned.length && shape.every((dim, i) => typeof dim !== "number" || dim === planned[i]));
