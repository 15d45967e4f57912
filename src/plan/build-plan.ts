import type { Graph } from "../graph/graph.ts";
import { constantTensor, dimsOp, inputOp, isAbsent, pickOp } from "../graph/leaves.ts";
import { topological } from "../graph/topological.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import { hasKnownSize } from "./known-size.ts";
import { lifetimes } from "./lifetimes.ts";
import type { Plan, PlanPort, PlanStep, PlanValue, Storage } from "./plan.ts";

/** A plan that computes a graph's outputs: operators in topological order, each value with its place and lifetime. */
export function buildPlan(graph: Graph): Plan {
  return new PlanBuilder(graph).build();
}

type Draft = Pick<PlanValue, "type" | "storage">;

class PlanBuilder {
  readonly #graph: Graph;
  readonly #drafts: Draft[] = [];
  readonly #numbers = new Map<Value, number>();
  readonly #steps: PlanStep[] = [];
  readonly #outputs: ReadonlySet<Value>;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#outputs = new Set(graph.outputs.map((output) => output.value));
  }

  build(): Plan {
    const { name, inputs, outputs } = this.#graph;
    for (const value of inputs) this.#add(value, { kind: "input" });
    const order = topological(outputs.map((output) => output.value));
    const picks = picksOf(order);
    for (const value of order) this.#visit(value, picks);
    const port = (portName: string, value: Value): PlanPort => ({
      name: portName,
      type: value.type,
      value: this.#numbers.get(value) as number,
    });
    const ports = {
      inputs: inputs.map((value) => port(String(value.attributes["name"]), value)),
      outputs: outputs.map((output) => port(output.name, output.value)),
    };
    const spans = lifetimes(this.#drafts, this.#steps, ports.outputs);
    const values = this.#drafts.map((draft, i) => ({ ...draft, ...(spans[i] as { from: number; to: number }) }));
    return { name, ...ports, values, steps: this.#steps };
  }

  #add(value: Value, storage: Storage): number {
    const number = this.#drafts.push({ type: value.type, storage }) - 1;
    this.#numbers.set(value, number);
    return number;
  }

  #visit(value: Value, picks: ReadonlyMap<Value, readonly (Value | undefined)[]>): void {
    if (value.op === inputOp || value.op === pickOp || isAbsent(value)) return;
    const tensor = constantTensor(value);
    if (tensor !== undefined) {
      this.#add(value, { kind: "constant", tensor });
    } else if (value.op === dimsOp) {
      this.#add(value, { kind: "dims", dims: value.attributes["dims"] as unknown as readonly Dim[] });
    } else {
      this.#addStep(value, picks);
    }
  }

  #addStep(value: Value, picks: ReadonlyMap<Value, readonly (Value | undefined)[]>): void {
    const inputs = value.operands.map((operand) => this.#numbers.get(operand) ?? -1);
    const tuple = value.type.kind === "tuple";
    const results = tuple ? (picks.get(value) ?? []) : [value];
    const outputs = results.map((result) =>
      result === undefined ? -1 : this.#add(result, this.#storageOf(result, inputs)),
    );
    const { op, origin, attributes } = value;
    this.#steps.push({ op: op.name, origin, attributes, inputs, outputs, tuple });
  }

  #storageOf(value: Value, inputs: readonly number[]): Storage {
    if (this.#outputs.has(value) || !hasKnownSize(value.type)) return { kind: "heap" };
    const [source] = inputs;
    const viewed = value.op.view && source !== undefined && source >= 0 ? this.#drafts[source] : undefined;
    if (viewed?.storage.kind === "arena" || viewed?.storage.kind === "view")
      return { kind: "view", of: source as number };
    return value.op.view ? { kind: "heap" } : { kind: "arena" };
  }
}

/** The results of each tuple that are picked out, by index. */
function picksOf(order: readonly Value[]): ReadonlyMap<Value, (Value | undefined)[]> {
  const picks = new Map<Value, (Value | undefined)[]>();
  for (const value of order) {
    if (value.op !== pickOp) continue;
    const tuple = value.operands[0] as Value;
    const results =
      picks.get(tuple) ??
      Array.from({ length: tuple.type.kind === "tuple" ? tuple.type.items.length : 0 }, () => undefined);
    results[value.attributes["index"] as number] = value;
    picks.set(tuple, results);
  }
  return picks;
}
