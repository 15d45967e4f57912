import type { Graph } from "../graph/graph.ts";
import { input } from "../graph/leaves.ts";
import { specialise } from "../graph/specialise.ts";
import { tensorType } from "../graph/type.ts";
import { resolveOp } from "../ops/registered.ts";
import { bindPlan } from "../plan/bind-plan.ts";
import type { BoundPlan } from "../plan/bound-plan.ts";
import type { Plan } from "../plan/plan.ts";
import type { Datum } from "../tensor/datum.ts";
import { isTensor } from "../tensor/datum.ts";
import { solveDim } from "../tensor/dim.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { ExecuteOptions } from "./execute.ts";
import { execute } from "./execute.ts";
import type { KernelHost } from "./kernel-host.ts";
import { KernelSession } from "./kernel-session.ts";

/** A body for inputs of certain shapes: its plan, or undefined where kernels have too little to do in it. */
type Specialised = BoundPlan | undefined;

/** Around a body: how the run goes, and what the symbols outside stand for. */
export interface BodyRun {
  readonly options: ExecuteOptions;
  readonly bindings: ReadonlyMap<string, number>;
}

/** What its plan depends on beside the shapes of its inputs. */
interface Frame {
  readonly bindings: ReadonlyMap<string, number>;
  readonly maxArenaBytes: number;
}

/** Work of a body below which a plan of its own costs more than it saves. */
const leastFlops = 20_000;

/** Sets of input shapes that are kept for one body. */
const cachedShapes = 16;

/** Runs the bodies of If, Loop and Scan on kernels, each planned once for the shapes that it gets. */
export class BodyRunner {
  readonly #host: KernelHost;
  readonly #plan: (graph: Graph) => Plan;
  readonly #known = new WeakMap<Graph, Map<string, Specialised>>();
  /** One for each depth of nesting: a body has an arena of its own while another waits for it. */
  readonly #sessions: KernelSession[] = [];
  #depth = 0;

  /** `plan` simplifies a graph whose shapes are all known, and plans it. */
  constructor(host: KernelHost, plan: (graph: Graph) => Plan) {
    this.#host = host;
    this.#plan = plan;
  }

  /** The outputs of a body; undefined where it is to be evaluated. Inputs must not lie in the host's memory, which may move. */
  run(graph: Graph, inputs: readonly (Datum | undefined)[], { options, bindings }: BodyRun): Datum[] | undefined {
    if (!inputs.every((datum) => datum !== undefined && isTensor(datum) && datum.dtype !== "string")) return undefined;
    const tensors = inputs as readonly Tensor[];
    const bound = this.#specialised(graph, tensors, { maxArenaBytes: options.maxArenaBytes, bindings });
    if (bound === undefined) return undefined;
    const session = this.#sessions[this.#depth] ?? new KernelSession(this.#host);
    this.#sessions[this.#depth] = session;
    this.#depth++;
    try {
      return this.#execute(session, bound, tensors, options);
    } finally {
      this.#depth--;
    }
  }

  #execute(session: KernelSession, bound: BoundPlan, inputs: readonly Tensor[], options: ExecuteOptions): Datum[] {
    const { host } = session;
    const prepared = session.prepare(bound);
    const memory = {
      get buffer() {
        return host.memory.buffer;
      },
      base: session.base,
      kernels: { host, prepared },
    };
    const steps = execute(bound, memory, inputs, { ...options, resolveOp, onStep: undefined, isProven: false });
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
    }
  }

  #specialised(graph: Graph, inputs: readonly Tensor[], frame: Frame): Specialised {
    const ofGraph = this.#known.get(graph) ?? new Map<string, Specialised>();
    this.#known.set(graph, ofGraph);
    const shapes = inputs.map(({ dtype, shape }) => `${dtype}[${shape}]`);
    const key = [...shapes, ...[...frame.bindings].map(([symbol, size]) => `${symbol}=${size}`)].join();
    if (ofGraph.has(key)) return ofGraph.get(key);
    if (ofGraph.size >= cachedShapes) return undefined;
    const made = this.#make(graph, inputs, frame);
    ofGraph.set(key, made);
    return made;
  }

  #make(graph: Graph, inputs: readonly Tensor[], frame: Frame): Specialised {
    const values = inputs.map(({ dtype, shape }, i) =>
      input(String(graph.inputs[i]?.attributes["name"] ?? i), tensorType(dtype, shape)),
    );
    const bindings = sizesIn(graph, inputs, frame.bindings);
    const bound = bindPlan(this.#plan(specialise(graph, values, bindings)), bindings, {
      target: this.#host.target,
      maxArenaBytes: frame.maxArenaBytes,
    });
    const launches = bound.steps.flatMap((step) => step.launches?.launches ?? []);
    return launches.reduce((sum, { flops }) => sum + flops, 0) < leastFlops ? undefined : bound;
  }
}

/** What symbols stand for in a body: those from outside as there, its own by the shapes of its inputs. */
function sizesIn(
  { inputs: declared }: Graph,
  inputs: readonly Tensor[],
  outside: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const sizes = new Map(outside);
  declared.forEach(({ type }, i) => {
    if (type.kind !== "tensor") return;
    type.shape?.forEach((dim, axis) => {
      if (typeof dim !== "number") solveDim(dim, inputs[i]?.shape[axis] as number, sizes);
    });
  });
  return sizes;
}
