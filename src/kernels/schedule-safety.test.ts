import { expect, it } from "vitest";
import { seed } from "../../test/support/seed.ts";
import { contextFor } from "../graph/evaluate.ts";
import { absent, constant, input } from "../graph/leaves.ts";
import { tensorType } from "../graph/type.ts";
import { resolveOp } from "../ops/registered.ts";
import { LanewiseError } from "../tensor/errors.ts";
import { createRandom } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { zeros } from "../tensor/tensor.ts";
import { chooseSchedule } from "./choose-schedule.ts";
import type { StepFacts, TensorFacts } from "./schedule.ts";
import { machines } from "./testdata/machines.ts";
import type { Step } from "./testdata/run-step.ts";
import { steps } from "./testdata/steps.ts";

const random = createRandom(seed);
const [{ target }] = machines as [(typeof machines)[number]];
const mutantsOfStep = 150;

/** The step with a dim or the rank of an operand changed, or an operand left out. */
function mutate(step: Step): Step {
  const at = random.int(0, step.operands.length);
  const operand = step.operands[at];
  if (operand === undefined) return step;
  const changed = random.int(0, 8) === 0 ? undefined : zeros(operand.dtype, mutateShape(operand.shape));
  return { ...step, operands: step.operands.map((each, i) => (i === at ? changed : each)) };
}

function mutateShape(shape: readonly number[]): number[] {
  const mutant = [...shape];
  const at = random.int(0, shape.length + 1);
  const size = [0, 1, 2, 3, 7, 40][random.int(0, 6)] as number;
  const way = random.int(0, 4);
  if (way === 0) mutant.splice(at, 0, size);
  else if (way === 1) mutant.splice(at, 1);
  else if (way === 2 && at < shape.length) mutant[at] = size;
  else if (at < shape.length) mutant[at] = Math.max(0, (shape[at] as number) + random.int(-1, 2));
  return mutant;
}

/** Why the operator's own meaning refuses what its type rule and a schedule accepted; undefined where all three agree. */
function disagreement({ op, operands, attributes = {}, constants = [] }: Step): string | undefined {
  const declared = resolveOp(op);
  const known = (tensor: Tensor | undefined, i: number): TensorFacts | undefined =>
    tensor && { dtype: tensor.dtype, shape: tensor.shape, constant: constants.includes(i) ? tensor : undefined };
  const facts = operands.map(known);
  const values = facts.map((fact) => {
    if (fact === undefined) return absent;
    return fact.constant ? constant(fact.constant) : input("", tensorType(fact.dtype, fact.shape));
  });
  const results: TensorFacts[] = [];
  try {
    const type = declared.infer(values, attributes as never);
    for (const each of type.kind === "tuple" ? type.items : [type]) {
      if (each.kind !== "tensor" || each.shape?.every((dim) => typeof dim === "number") !== true) return undefined;
      results.push({ dtype: each.dtype, shape: each.shape as number[] });
    }
  } catch {
    return undefined;
  }
  if (!isScheduled({ op, attributes, operands: facts, results, extras: operands.length })) return undefined;
  const shapes = operands.map((tensor) => tensor && `${tensor.dtype}[${tensor.shape}]`).join(", ");
  try {
    const evaluated = declared.eval(operands, attributes as never, contextFor(new Map()));
    const made = (Array.isArray(evaluated) ? evaluated : [evaluated]) as Tensor[];
    const odd = results.find(({ shape }, i) => String(shape) !== String(made[i]?.shape));
    return odd && `${op}(${shapes}) gives [${made.map(({ shape }) => shape).join("], [")}], not [${odd.shape}]`;
  } catch (error) {
    const { message } = error as Error;
    // Kernels look at indices while they run, and hand the step to eval then.
    return /^index -?\d+ is out of range|^starts .* do not leave room/.test(message)
      ? undefined
      : `${op}(${shapes}): ${message}`;
  }
}

/** Whether a schedule takes the step; one may also refuse it with the error that a user gets. */
function isScheduled(facts: StepFacts): boolean {
  try {
    return "launches" in chooseSchedule(facts, target);
  } catch (error) {
    if (error instanceof LanewiseError) return false;
    throw error;
  }
}

it(`schedules take no step that its operator refuses (LANEWISE_SEED=${seed})`, () => {
  const found = steps.flatMap((step) =>
    Array.from({ length: mutantsOfStep }, () => disagreement(mutate(random.int(0, 2) === 0 ? mutate(step) : step))),
  );
  expect([...new Set(found.filter((each) => each !== undefined))]).toEqual([]);
});
