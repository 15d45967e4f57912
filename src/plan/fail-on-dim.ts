import { operandName } from "../graph/operand-name.ts";
import type { Type } from "../graph/type.ts";
import { formatType, tensorType } from "../graph/type.ts";
import { resolveOp } from "../ops/registered.ts";
import type { Dim } from "../tensor/dim.ts";
import { bindDim, dimToString, hasElements, symbolsOf } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { Plan, PlanStep, PlanValue } from "./plan.ts";

type Bindings = ReadonlyMap<string, number>;

/** The name of a step in messages. */
export const nameOf = (step: PlanStep | undefined): string =>
  step === undefined ? "the plan" : `${step.op} "${step.origin}"`;

/** Where a dim is: in the result of a step or in what it takes. */
interface DimPlace {
  readonly plan: Plan;
  readonly step: PlanStep | undefined;
  /** All of the type or the list. */
  readonly whole: string;
}

/** Throws ShapeError for a dim without a size: where a symbol is open, where sizes do not fit together, as in broadcast(N,M), and where elements of inputs make it less than 0. */
export function failOnDim({ plan, step, whole }: DimPlace, dim: Dim, bindings: Bindings): never {
  const why = `the dim ${dimToString(dim)} of ${whole} ${reasonOf(dim, bindings)}`;
  const operands = step?.inputs.flatMap((value, i) => (value < 0 ? [] : [operandOf(plan, step, i, bindings)])) ?? [];
  const next = hasElements(dim) ? ", and the elements that sizes come from" : "";
  throw new ShapeError(
    `${nameOf(step)}: ${why}. The operands of the step are ${operands.join(", ") || "none"}. Check the shapes of the inputs${next}.`,
  );
}

function reasonOf(dim: Dim, bindings: Bindings): string {
  const open = symbolsOf(dim).filter((name) => !bindings.has(name));
  if (open.length > 0) return `cannot be told from the inputs' shapes: ${open.join(", ")} is open`;
  const sizes = [...bindings].map(([name, size]) => `${name}=${size}`).join(", ");
  const fault = hasElements(dim) ? "it must be a whole number of at least 0" : "the shapes do not fit together";
  return `has no size for ${sizes}: ${fault}`;
}

/** An operand by its name, with the sizes that are known. */
function operandOf({ values }: Plan, { op, inputs }: PlanStep, i: number, bindings: Bindings): string {
  const { type } = values[inputs[i] as number] as PlanValue;
  return `${operandName(resolveOp(op), i)} ${formatType(boundType(type, bindings))}`;
}

const boundType = (type: Type, bindings: Bindings): Type =>
  type.kind === "tensor"
    ? tensorType(
        type.dtype,
        type.shape?.map((dim) => bindDim(dim, bindings) ?? dim),
      )
    : type;
