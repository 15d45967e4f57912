import type { NodeJson, PortJson } from "../graph/graph-json.ts";
import { attributesJson, portJson } from "../graph/graph-json.ts";
import { formatDims } from "../graph/leaves.ts";
import { formatConstant } from "../graph/print-literal.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Plan, PlanValue } from "./plan.ts";

/** A result in the dump of a plan: where it lives, and from which step to which. */
export type PlannedPortJson = PortJson & {
  readonly storage: "arena" | "view" | "heap";
  readonly from: number;
  readonly to: number;
};

/** A step in the dump of a plan: a node, and the kernel that runs it. */
export type StepJson = NodeJson & { readonly kernel: string; readonly outputs: readonly PlannedPortJson[] };

export type PlanJson = {
  readonly inputs: readonly PortJson[];
  readonly outputs: readonly PortJson[];
  readonly nodes: readonly StepJson[];
};

/** A plan as plain data for `dump --stage plan --json`: its steps as nodes in order, named by their first results, with places and lifetimes. */
export function planToJson(plan: Plan): PlanJson {
  const constants: Tensor[] = [];
  const nameOf = (value: number): string | null => (value < 0 ? null : nameIn(plan, value, constants));
  const nodes = plan.steps.map((step, at): StepJson => {
    const { op, origin, kernel, attributes } = step;
    const outputs = step.outputs.filter((output) => output >= 0).map((output) => resultJson(plan, output));
    const name = outputs[0]?.name ?? `step ${at}`;
    return {
      op,
      name,
      origin,
      kernel,
      inputs: step.inputs.map(nameOf),
      outputs,
      attributes: attributesJson(attributes, constants),
    };
  });
  const port = ({ name, type }: Plan["inputs"][number]) => portJson(name, type);
  return { inputs: plan.inputs.map(port), outputs: plan.outputs.map(port), nodes };
}

function resultJson(plan: Plan, value: number): PlannedPortJson {
  const { type, storage, from, to } = plan.values[value] as PlanValue;
  return { ...portJson(`%${value}`, type), storage: storage.kind as PlannedPortJson["storage"], from, to };
}

function nameIn(plan: Plan, value: number, constants: Tensor[]): string {
  const { storage } = plan.values[value] as PlanValue;
  if (storage.kind === "constant") return formatConstant(storage.tensor, constants);
  if (storage.kind === "dims") return formatDims(storage.dims);
  return plan.inputs.find((input) => input.value === value)?.name ?? `%${value}`;
}
