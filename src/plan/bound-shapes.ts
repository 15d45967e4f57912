import { formatDims } from "../graph/leaves.ts";
import { formatType } from "../graph/type.ts";
import { bindDim, hasElements } from "../tensor/dim.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { tensor } from "../tensor/tensor.ts";
import { failOnDim } from "./fail-on-dim.ts";
import { hasKnownSize } from "./known-size.ts";
import type { Plan } from "./plan.ts";

type Bindings = ReadonlyMap<string, number>;

/** The shape of each value whose size the symbols tell. Throws ShapeError with the step where a symbol is open, sizes do not fit, or elements make one less than 0. */
export function boundShapes(plan: Plan, bindings: Bindings): readonly (readonly number[] | undefined)[] {
  return plan.values.map(({ type, storage }, value) => {
    if (!hasKnownSize(type) || type.kind !== "tensor") return undefined;
    if (storage.kind === "input" && type.shape?.some((dim) => bindDim(dim, bindings) === undefined)) return undefined;
    return type.shape?.map((dim) => {
      const bound = bindDim(dim, bindings);
      if (bound !== undefined && (bound >= 0 || !hasElements(dim))) return Math.max(0, bound);
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
