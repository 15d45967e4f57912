import type { Plan } from "../plan/plan.ts";
import type { StepReport } from "../runtime/step-report.ts";
import type { Datum } from "../tensor/datum.ts";
import { isTensor } from "../tensor/datum.ts";
import { bytesFor } from "../tensor/dtype.ts";
import { elementCount } from "../tensor/tensor.ts";

/** What a step had to do: bytes read and written, and floating-point operations where they are known. */
export interface StepWork {
  readonly bytes: number;
  readonly flops: number | undefined;
  /** The first output's dtype and shape. */
  readonly type: string;
}

type Shape = readonly number[];
type FlopCount = (inputs: readonly (Shape | undefined)[], output: Shape) => number;

const product = (shape: Shape | undefined): number => elementCount(shape ?? []);

/** Two operations for each multiplication and addition that the result needs. */
const flopCounts: Readonly<Record<string, FlopCount>> = {
  matmul: ([a = []], output) => 2 * product(output) * (a[a.length - 1] ?? 1),
  linear: ([a = []], output) => 2 * product(output) * (a[a.length - 1] ?? 1),
  matmulInteger: ([a = []], output) => 2 * product(output) * (a[a.length - 1] ?? 1),
  conv: ([, w = []], output) => 2 * product(output) * product(w.slice(1)),
  convInteger: ([, w = []], output) => 2 * product(output) * product(w.slice(1)),
  convTranspose: ([x, w = []]) => 2 * product(x) * product(w.slice(1)),
};

/**
 * Follows the shapes of a plan's values through a run, and tells the work of each step that is reported: what its kernels say, and for a step
 * that was evaluated each operand and result once.
 */
export class WorkCounter {
  readonly #plan: Plan;
  readonly #facts = new Map<number, { readonly shape: Shape | undefined; readonly bytes: number }>();

  constructor(plan: Plan, inputs: Readonly<Record<string, unknown>>) {
    this.#plan = plan;
    plan.values.forEach(({ storage }, i) => {
      if (storage.kind === "constant") this.#learn(i, storage.tensor);
    });
    for (const { name, value } of plan.inputs) if (isTensor(inputs[name])) this.#learn(value, inputs[name]);
  }

  step({ index, outputs, ...kernels }: StepReport): StepWork {
    const step = this.#plan.steps[index];
    step?.outputs.forEach((value, i) => {
      const datum = outputs[i];
      if (value >= 0 && datum !== undefined) this.#learn(value, datum);
    });
    const [first] = outputs;
    const type = isTensor(first) ? `${first.dtype}[${first.shape.join(",")}]` : "";
    if (kernels.bytes !== undefined) return { bytes: kernels.bytes, flops: kernels.flops || undefined, type };
    const operands = (step?.inputs ?? []).map((value) => this.#factsOf(value));
    const results = (step?.outputs ?? []).map((value) => this.#factsOf(value));
    const bytes = [...operands, ...results].reduce((sum, facts) => sum + (facts?.bytes ?? 0), 0);
    const shape = results[0]?.shape;
    const inputs = operands.map((facts) => facts?.shape);
    const flops = shape === undefined ? undefined : flopCounts[step?.op ?? ""]?.(inputs, shape);
    return { bytes, flops, type };
  }

  /** A view that no step makes has the bytes of what it looks at. */
  #factsOf(value: number) {
    const { storage } = this.#plan.values[value] ?? {};
    return this.#facts.get(value) ?? (storage?.kind === "view" ? this.#facts.get(storage.of) : undefined);
  }

  #learn(value: number, datum: Datum): void {
    const shape = isTensor(datum) ? datum.shape : undefined;
    this.#facts.set(value, { shape, bytes: bytesOf(datum) });
  }
}

function bytesOf(datum: Datum): number {
  if (isTensor(datum)) return bytesFor(datum.dtype, elementCount(datum.shape));
  return Array.isArray(datum) ? datum.reduce((sum: number, item: Datum) => sum + bytesOf(item), 0) : 0;
}
