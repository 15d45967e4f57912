import type { Graph } from "../graph/graph.ts";
import type { DecodeImage } from "../graph/image.ts";
import { input } from "../graph/leaves.ts";
import { specialise } from "../graph/specialise.ts";
import { tensorType } from "../graph/type.ts";
import { resolveOp } from "../ops/registered.ts";
import { bindPlan } from "../plan/bind-plan.ts";
import type { BoundPlan } from "../plan/bound-plan.ts";
import type { Plan, PlanStep } from "../plan/plan.ts";
import type { Datum } from "../tensor/datum.ts";
import { isTensor } from "../tensor/datum.ts";
import { solveDim } from "../tensor/dim.ts";
import { LanewiseError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Execution } from "./execution.ts";
import type { KernelHost } from "./kernel-host.ts";
import { KernelSession } from "./kernel-session.ts";
import { Program } from "./program.ts";

type KnownType = Pick<Tensor, "dtype" | "shape">;

/** A body for inputs of certain types: how it runs, or undefined where kernels have too little to do in it. */
interface Specialised {
  readonly types: readonly KnownType[];
  readonly bindings: ReadonlyMap<string, number>;
  readonly program: Program | undefined;
}

/** Around a body: what symbols outside stand for, and how the run goes. */
export interface BodyFrame {
  readonly bindings: ReadonlyMap<string, number>;
  readonly maxArenaBytes: number;
  readonly poll: (() => void) | undefined;
  readonly decodeImage: DecodeImage | undefined;
}

/** Work of a body below which a plan of its own costs more than it saves. */
const leastFlops = 20_000;

/** Sets of input shapes that are kept for one body. */
const cachedShapes = 16;

/** Runs the bodies of If, Loop and Scan on kernels, each planned once for the shapes that it gets. */
export class BodyRunner {
  readonly #host: KernelHost;
  readonly #plan: (graph: Graph) => Plan;
  readonly #known = new WeakMap<Graph, Specialised[]>();
  /** One for each depth of nesting: a body has an arena of its own while another waits for it. */
  readonly #sessions: KernelSession[] = [];
  #depth = 0;

  /** `plan` simplifies a graph whose shapes are all known, and plans it. */
  constructor(host: KernelHost, plan: (graph: Graph) => Plan) {
    this.#host = host;
    this.#plan = plan;
  }

  /** Makes bodies ready that steps of a bound plan may run on values whose types are known. What does not fit is for a run to say. */
  prepare(bound: BoundPlan, frame: BodyFrame): void {
    for (const { at, inputs } of bound.steps) {
      const { op, attributes } = bound.plan.steps[at] as PlanStep;
      const types = inputs.slice(1).map((value) => typeOf(bound, value));
      if (!types.every((type) => type !== undefined)) continue;
      for (const graph of resolveOp(op).branches?.(attributes) ?? []) this.#prepareBody(graph, types, frame);
    }
  }

  #prepareBody(graph: Graph, types: readonly KnownType[], frame: BodyFrame): void {
    try {
      const program = this.#specialised(graph, types, frame);
      if (program === undefined) return;
      this.#session().memoryFor(program.bound);
      this.#depth++;
      try {
        this.prepare(program.bound, { ...frame, bindings: program.bound.bindings });
      } finally {
        this.#depth--;
      }
    } catch (error) {
      if (!(error instanceof LanewiseError)) throw error;
    }
  }

  /** What bodies of this depth have in the host's memory. */
  #session(): KernelSession {
    const session = this.#sessions[this.#depth] ?? new KernelSession(this.#host);
    this.#sessions[this.#depth] = session;
    return session;
  }

  /** The outputs of a body; undefined where it is to be evaluated. Inputs must not lie in the host's memory, which may move. */
  run(graph: Graph, inputs: readonly (Datum | undefined)[], frame: BodyFrame): Datum[] | undefined {
    if (!inputs.every((datum) => datum !== undefined && isTensor(datum) && datum.dtype !== "string")) return undefined;
    const tensors = inputs as readonly Tensor[];
    const program = this.#specialised(graph, tensors, frame);
    if (program === undefined) return undefined;
    const session = this.#session();
    this.#depth++;
    try {
      const { maxArenaBytes, poll, decodeImage } = frame;
      const options = { maxArenaBytes, poll, inTurns: false, bodies: this, decodeImage, onStep: undefined };
      const execution = new Execution(program, session.memoryFor(program.bound), tensors, options);
      while (!execution.advance());
      return execution.outputs();
    } finally {
      this.#depth--;
    }
  }

  #specialised(graph: Graph, inputs: readonly KnownType[], frame: BodyFrame): Program | undefined {
    let ofGraph = this.#known.get(graph);
    if (ofGraph === undefined) {
      ofGraph = [];
      this.#known.set(graph, ofGraph);
    }
    const known = ofGraph.find((each) => isLike(each, inputs, frame.bindings));
    if (known !== undefined) return known.program;
    if (ofGraph.length >= cachedShapes) return undefined;
    const program = this.#make(graph, inputs, frame);
    ofGraph.push({ types: inputs.map(({ dtype, shape }) => ({ dtype, shape })), bindings: frame.bindings, program });
    return program;
  }

  #make(graph: Graph, inputs: readonly KnownType[], frame: BodyFrame): Program | undefined {
    const values = inputs.map(({ dtype, shape }, i) =>
      input(String(graph.inputs[i]?.attributes["name"] ?? i), tensorType(dtype, shape)),
    );
    const bindings = sizesIn(graph, inputs, frame.bindings);
    const bound = bindPlan(this.#plan(specialise(graph, values, bindings)), bindings, {
      target: this.#host.target,
      maxArenaBytes: frame.maxArenaBytes,
    });
    const launches = bound.steps.flatMap((step) => step.launches?.launches ?? []);
    return launches.reduce((sum, { flops }) => sum + flops, 0) < leastFlops ? undefined : new Program(bound, resolveOp);
  }
}

/** Undefined for what is no tensor of a known size. */
function typeOf({ plan, shapes }: BoundPlan, value: number): KnownType | undefined {
  const type = plan.values[value]?.type;
  const shape = shapes[value];
  return type?.kind === "tensor" && shape ? { dtype: type.dtype, shape } : undefined;
}

/** What symbols stand for in a body: those from outside as there, its own by the shapes of its inputs. */
function sizesIn(
  { inputs: declared }: Graph,
  inputs: readonly KnownType[],
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

function isLike(
  { types, bindings }: Specialised,
  inputs: readonly KnownType[],
  outside: Specialised["bindings"],
): boolean {
  const fits = ({ dtype, shape }: KnownType, i: number): boolean => {
    const known = types[i] as Specialised["types"][number];
    return dtype === known.dtype && isSameShape(shape, known.shape);
  };
  return inputs.every(fits) && (bindings === outside || isSameMap(bindings, outside));
}

const isSameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((dim, i) => dim === b[i]);

const isSameMap = (a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean =>
  a.size === b.size && [...a].every(([symbol, size]) => b.get(symbol) === size);
