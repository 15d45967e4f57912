import type { NodeJson, PortJson } from "../graph/graph-json.ts";
import { attributesJson, portJson } from "../graph/graph-json.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { BoundPlan, BoundStep } from "./bound-plan.ts";
import type { PlanStep, PlanValue } from "./plan.ts";
import { referenceTo } from "./print-step.ts";
import { viewSteps } from "./view-steps.ts";

/** A result in the dump of a plan: its offset in the arena, null for one that does not lie there. */
export type PlacedPortJson = PortJson & { readonly arena: number | null };

/** A step in the dump of a plan: a node, and what runs it. */
export type StepJson = NodeJson & {
  /** The name of a schedule, "eval", or "view" where nothing needs to be done. */
  readonly kernel: string;
  /** Why no schedule runs it. */
  readonly reasons: readonly string[];
  /** The operators that it does, with their ONNX nodes, in order. */
  readonly covers: readonly { readonly op: string; readonly origin: string }[];
  readonly outputs: readonly PlacedPortJson[];
};

export type PlanJson = {
  readonly inputs: readonly PortJson[];
  readonly outputs: readonly PortJson[];
  readonly nodes: readonly StepJson[];
};

/**
 * A bound plan as plain data for `dump --stage plan --json`: its steps as nodes in order, named by their first results. A step that does
 * several operators is of the last one and has its attributes.
 */
export function planToJson(bound: BoundPlan): PlanJson {
  const { plan, steps } = bound;
  const constants: Tensor[] = [];
  const views = viewSteps(bound).map((at) => viewOf(plan.steps[at] as PlanStep, at));
  const nodes = [...steps, ...views].sort((a, b) => a.at - b.at).map((step) => stepJson(bound, step, constants));
  const port = ({ name, type }: { name: string; type: PlanValue["type"] }) => portJson(name, type);
  return { inputs: plan.inputs.map(port), outputs: plan.outputs.map(port), nodes };
}

type ShownStep = Pick<BoundStep, "at" | "covers" | "kernel" | "reasons" | "inputs" | "outputs">;

const viewOf = ({ inputs, outputs }: PlanStep, at: number): ShownStep => ({
  ...{ at, covers: [at], kernel: "view", reasons: [] },
  inputs,
  outputs,
});

function stepJson(bound: BoundPlan, step: ShownStep, constants: Tensor[]): StepJson {
  const { plan } = bound;
  const { at, covers, kernel, reasons } = step;
  const { op, origin, attributes } = plan.steps[at] as PlanStep;
  const outputs = step.outputs.filter((output) => output >= 0).map((output) => resultJson(bound, output));
  const nameOf = (value: number): string | null => {
    if (value < 0) return null;
    const port = plan.inputs.find((each) => each.value === value);
    return port?.name ?? referenceTo(plan, value, { constants, origins: false });
  };
  return {
    op,
    name: outputs[0]?.name ?? `step ${at}`,
    origin,
    kernel,
    reasons,
    covers: covers.map((each) => pick(plan.steps[each] as PlanStep)),
    inputs: step.inputs.map(nameOf),
    outputs,
    attributes: attributesJson(attributes, constants),
  };
}

const pick = ({ op, origin }: PlanStep) => ({ op, origin });

function resultJson({ plan, shapes, offsets }: BoundPlan, value: number): PlacedPortJson {
  const { type } = plan.values[value] as PlanValue;
  const shape = shapes[value];
  const offset = offsets[value] as number;
  const known = type.kind === "tensor" && shape ? { ...type, shape } : type;
  return { ...portJson(`%${value}`, known), arena: offset < 0 ? null : offset };
}
