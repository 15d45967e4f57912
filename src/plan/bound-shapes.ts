import { formatDims } from "../graph/leaves.ts";
import { formatType } from "../graph/type.ts";
import type { Dim } from "../tensor/dim.ts";
import { bindDim, dimToString, hasElements, symbolsOf } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { tensor } from "../tensor/tensor.ts";
import { hasKnownSize } from "./known-size.ts";
import type { Plan, PlanStep, PlanValue } from "./plan.ts";

type Bindings = ReadonlyMap<string, number>;

/** The shape of each value whose size the symbols tell. Throws ShapeError with the step where a symbol is open or sizes do not fit. */
export function boundShapes(plan: Plan, bindings: Bindings): readonly (readonly number[] | undefined)[] {
  return plan.values.map(({ type, storage }, value) => {
    if (!hasKnownSize(type) || type.kind !== "tensor") return undefined;
    if (storage.kind === "input" && type.shape?.some((dim) => bindDim(dim, bindings) === undefined)) return undefined;
    return type.shape?.map((dim) => {
      const bound = bindDim(dim, bindings);
      if (bound === undefined) {
        const maker = plan.steps.find(({ outputs }) => outputs.includes(value));
        failOnDim({ plan, step: maker, whole: formatType(type) }, dim, bindings);
      }
      if (bound >= 0) return bound;
      if (!hasElements(dim)) return 0;
      const maker = plan.steps.find(({ outputs }) => outputs.includes(value));
      return failOnDim({ plan, step: maker, whole: formatType(type) }, dim, bindings);
    });
  });
}

/** The literals of dims as tensors, by value. Throws ShapeError as boundShapes does. */
export function boundLiterals(plan: Plan, bindings: Bindings): ReadonlyMap<number, Tensor> {
  const literals = new Map<number, Tensor>();
  plan.values.forEach(({ storage }, i) => {
    if (storage.kind !== "dims") return;
    const elements = storage.dims.map((dim) => {
      const bound = bindDim(dim, bindings);
      if (bound === undefined) {
        const user = plan.steps.find(({ inputs }) => inputs.includes(i));
        failOnDim({ plan, step: user, whole: formatDims(storage.dims) }, dim, bindings);
      }
      return BigInt(bound);
    });
    literals.set(i, tensor("i64", [elements.length], BigInt64Array.from(elements)));
  });
  return literals;
}

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

/** Without a symbol's size, or where sizes do not fit together, as in broadcast(N,M). */
function failOnDim({ plan, step, whole }: DimPlace, dim: Dim, bindings: Bindings): never {
  const open = symbolsOf(dim).filter((name) => !bindings.has(name));
  const sizes = [...bindings].map(([name, size]) => `${name}=${size}`).join(", ");
  const text = dimToString(dim);
  const fault = hasElements(dim) ? "it must be a whole number of at least 0" : "the shapes do not fit together";
  const why =
    open.length > 0
      ? `cannot be told from the inputs' shapes: ${open.join(", ")} is open`
      : `has no size for ${sizes}: ${fault}`;
  const next = hasElements(dim) ? "the shapes and the elements" : "the shapes";
  const operands = step?.inputs.filter((input) => input >= 0).map((input) => plan.values[input] as PlanValue) ?? [];
  throw new ShapeError(
    `${nameOf(step)}: the dim ${text} of ${whole} ${why}. The operands of the step are ${operands.map(({ type }) => formatType(type)).join(", ") || "none"}. Check ${next} of the inputs.`,
  );
}
