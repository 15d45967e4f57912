import type { KernelUse } from "../kernels/schedule.ts";
import type { BoundPlan } from "../plan/bound-plan.ts";
import type { PlanStep } from "../plan/plan.ts";
import type { CodeTarget } from "./code-targets.ts";
import { showKernel } from "./code-targets.ts";
import { formatCount } from "./format.ts";

/** A kernel of a plan: once, however often it is launched. */
export interface PlanKernel {
  readonly name: string;
  /** What tells it from others: its family and the options that it was made with. */
  readonly key: string;
  readonly launches: number;
  /** The ONNX node of the first step that it is for. */
  readonly origin: string;
  /** Bytes of machine code; 0 for IR. */
  readonly bytes: number;
  readonly text: string;
}

interface Found {
  readonly kernel: KernelUse;
  readonly origin: string;
  launches: number;
}

/** The distinct kernels of a plan that was bound for the target, in the order of their first launches. Throws UsageError where the target has no machine text. */
export function planKernels({ plan, steps }: BoundPlan, code: CodeTarget, form: "ir" | "machine"): PlanKernel[] {
  const found = new Map<string, Found>();
  for (const { at, launches } of steps) {
    for (const { kernel } of launches?.launches ?? []) {
      const known = found.get(kernel.key) ?? { kernel, origin: (plan.steps[at] as PlanStep).origin, launches: 0 };
      known.launches++;
      found.set(kernel.key, known);
    }
  }
  const format = form === "ir" ? "ir" : (code.machineText ?? "asm");
  return [...found.values()].map(({ kernel, origin, launches }) => {
    const built = kernel.build(code.target);
    return { name: built.name, key: kernel.key, launches, origin, ...showKernel(built, code, format) };
  });
}

/** Kernels one below the other, each after a line that says what it is for. */
export function printKernels(kernels: readonly PlanKernel[]): string {
  const sections = kernels.map(({ name, key, launches, origin, bytes, text }, i) => {
    const size = bytes > 0 ? `, ${formatCount(bytes, "byte")}` : "";
    const place = origin === "" ? "" : `, first for ${origin}`;
    const options = key.startsWith(`${name} `) ? key.slice(name.length + 1) : key;
    return `== ${i}: ${name} ${options}: ${launches} ${launches === 1 ? "launch" : "launches"}${size}${place} ==\n${text}`;
  });
  return sections.length === 0 ? "no step of the plan has kernels" : sections.join("\n").trimEnd();
}

/** Kernels as the nodes of `dump --json`. */
export const kernelsJson = (kernels: readonly PlanKernel[]) =>
  kernels.map(({ name, key, launches, origin, bytes, text }, i) => ({
    op: name,
    name: `kernel ${i}`,
    origin,
    inputs: [],
    outputs: [],
    attributes: { key, launches, bytes, text },
  }));
