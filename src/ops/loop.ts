import type { Graph } from "../graph/graph.ts";
import { joinTypes } from "../graph/join-types.ts";
import { knownDims, knownNumbers } from "../graph/known-dims.ts";
import { isAbsent } from "../graph/leaves.ts";
import type { EvalContext } from "../graph/op.ts";
import type { Type } from "../graph/type.ts";
import { formatType, tensorType, tupleType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Datum } from "../tensor/datum.ts";
import type { Dim } from "../tensor/dim.ts";
import { dimAtLeast, isUnknownDim, maxDims, unknownDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromBigints, fromNumbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { zeros } from "../tensor/tensor.ts";
import { op } from "./op.ts";
import { scalarInteger, scalarOperand } from "./scalar-operand.ts";
import { stackEntries } from "./stack-entries.ts";
import { checkTruth, truth } from "./truth.ts";

export type LoopAttributes = {
  /**
   * (iteration number, condition, carried values..., captures...) to (condition, carried values..., results of the step...). The
   * inputs must be typed so that the initial values fit, and the body's own outputs too.
   */
  readonly body: Graph;
  /** How many values are handed on from step to step. */
  readonly carried: number;
};

/**
 * Runs the body as long as the condition holds (true when left out) and at most `tripCount` times (without end when left out).
 * Operands: the initial carried values, then the captures. A tuple of the last carried values and of each step's results, stacked
 * along a new first axis.
 */
export const loop = op("loop", ["tripCount?", "condition?", "...values"], {
  anyKind: true,
  infer(operands, attributes: LoopAttributes) {
    const { body, carried } = attributes;
    const [tripCount, condition, ...values] = operands;
    if (tripCount !== undefined && !isAbsent(tripCount)) scalarOperand(tripCount, "tripCount", "integer");
    if (condition !== undefined && !isAbsent(condition)) checkTruth(condition, "condition");
    checkTruth(body.outputs[0]?.value, "the body's condition");
    const [, ...results] = body.outputs.map(({ value }) => value.type);
    const steps = stepCount(operands, attributes);
    const last = results.slice(0, carried).map((type, i) => carriedType((values[i] as Value).type, type, i, steps));
    return tupleType(...last, ...results.slice(carried).map((type, i) => stackedType(type, i, steps)));
  },
  eval(operands: readonly (Datum | undefined)[], { body, carried }: LoopAttributes, context) {
    const [tripCount, condition, ...values] = operands;
    const limit = tripCount === undefined ? undefined : scalarInteger(tripCount, "tripCount");
    const captures = values.slice(carried);
    const steps: Datum[][] = [];
    let going = condition === undefined || truth(condition, "condition");
    let state: readonly (Datum | undefined)[] = values.slice(0, carried);
    for (let i = 0n; going && (limit === undefined || i < limit); i++) {
      context.poll();
      const [next, ...results] = context.run(body, [...stepInputs(body, i), ...state, ...captures]);
      going = truth(next, "the body's condition");
      state = results.slice(0, carried);
      steps.push(results.slice(carried));
    }
    const stacked = body.outputs.slice(1 + carried).map(({ value }, i) => {
      const entries = steps.map((step) => step[i] as Tensor);
      return stackSteps(entries, value.type, context);
    });
    return [...(state as Datum[]), ...stacked];
  },
});

/** The iteration number and a true condition, in the shapes [] or [1] that the body declares. */
function stepInputs({ inputs }: Graph, iteration: bigint): readonly Tensor[] {
  const shapeOf = (at: number): readonly number[] => {
    const type = inputs[at]?.type;
    return type?.kind === "tensor" && type.shape?.length === 1 ? [1] : [];
  };
  return [fromBigints("i64", shapeOf(0), [iteration]), fromNumbers("bool", shapeOf(1), [1])];
}

/** How often the body certainly runs, or unknownDim. */
function stepCount([tripCount, condition]: readonly Value[], { body }: LoopAttributes): Dim {
  const [begins, goesOn] = [condition, body.outputs[0]?.value];
  const isTrue = (value: Value) => knownNumbers(value)?.every((flag) => flag === 1) ?? false;
  const starts = begins === undefined || isAbsent(begins) || isTrue(begins);
  const continues = goesOn !== undefined && (goesOn === body.inputs[1] || isTrue(goesOn));
  const known = starts && continues && tripCount !== undefined ? knownDims(tripCount)?.[0] : undefined;
  if (known === undefined) return unknownDim;
  if (typeof known === "number") return Math.max(0, known);
  return maxDims(known, 0);
}

function carriedType(initial: Type, next: Type, index: number, steps: Dim): Type {
  const type = joinTypes(initial, next);
  if (type === undefined) {
    throw new ShapeError(
      `carried value ${index} must keep its dtype and kind: it begins as ${formatType(initial)}, and the body makes it ${formatType(next)}.`,
    );
  }
  if (steps === 0) return initial;
  return dimAtLeast(steps, 1) ? next : type;
}

function stackedType(type: Type, index: number, steps: Dim): Type {
  if (type.kind === "tensor") return tensorType(type.dtype, type.shape && [steps, ...type.shape]);
  throw new ShapeError(`result ${index} of a step must be a tensor to be stacked, got ${formatType(type)}.`);
}

/** Without a step the type tells the shape, an unknown dim being 0. */
function stackSteps(entries: readonly Tensor[], type: Type, context: EvalContext): Tensor {
  const [first, ...others] = entries;
  if (first !== undefined) return stackEntries([first, ...others], 0, "The results of the steps");
  const { dtype, shape = [] } = type as Extract<Type, { kind: "tensor" }>;
  return zeros(dtype, [0, ...shape.map((dim) => (isUnknownDim(dim) ? 0 : context.dim(dim)))]);
}
