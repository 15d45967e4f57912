import type { Graph } from "../graph/graph.ts";
import type { Op } from "../graph/op.ts";
import type { Type } from "../graph/type.ts";
import { bindPlan } from "../plan/bind-plan.ts";
import type { BoundPlan } from "../plan/bound-plan.ts";
import { evaluatedOps, opsWithoutKernels } from "../plan/evaluated-ops.ts";
import { inputSymbols } from "../plan/input-symbols.ts";
import type { Plan, PlanPort } from "../plan/plan.ts";
import type { Datum } from "../tensor/datum.ts";
import { dimToString } from "../tensor/dim.ts";
import type { DType } from "../tensor/dtype.ts";
import { LanewiseError, LimitError, UsageError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { bindInputs } from "./bind-inputs.ts";
import { BodyRunner } from "./body-runner.ts";
import type { ExecuteOptions, RunMemory, StepReport } from "./execute.ts";
import { execute } from "./execute.ts";
import type { Feed } from "./feed.ts";
import type { KernelHost } from "./kernel-host.ts";
import { KernelSession } from "./kernel-session.ts";
import type { RunLimits } from "./limits.ts";
import { abortedError, watch } from "./limits.ts";
import { isOutOfMemory } from "./step-failure.ts";
import { nextTurn, turnMs } from "./turn.ts";

/** An input or output as the model declares it. Dims are numbers, or the text of a symbolic expression; `shape` is undefined for an unknown rank and for sequences, optionals and maps. */
export interface PortInfo {
  readonly name: string;
  readonly kind: Type["kind"];
  /** Undefined for sequences, optionals and maps. */
  readonly dtype: DType | undefined;
  readonly shape: readonly (number | string)[] | undefined;
}

/** How a model runs here, and why. */
export interface ModelInfo {
  readonly target: string;
  readonly threads: number;
  /** Why `target` and `threads` are what they are. */
  readonly reasons: readonly string[];
  /** How run() keeps the event loop free. */
  readonly async: "between steps";
  /** Oddities of the file. */
  readonly warnings: readonly string[];
  /** How many steps the plan of the latest input shapes has, and how many of them no kernel runs: those are evaluated in TypeScript. Before there are shapes, what can be told without them. */
  readonly steps: number;
  readonly evalSteps: number;
  /** Operators of the steps that are evaluated, with counts. */
  readonly evalOps: Readonly<Record<string, number>>;
  /** Bytes of the arena of the latest input shapes, 0 before there are any. */
  readonly arenaBytes: number;
  /** Bytes of the memory that kernels use: packed weights, arguments and the arena. */
  readonly memoryBytes: number;
}

export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called after each step, with its outputs. */
  readonly onStep?: ((report: StepReport) => void) | undefined;
}

/** @internal */
export interface ModelParts {
  readonly plan: Plan;
  readonly resolveOp: (name: string) => Op;
  readonly limits: RunLimits;
  readonly info: Pick<ModelInfo, "target" | "threads" | "reasons" | "warnings">;
  /** What runs kernels; undefined when every step is evaluated. The model disposes it. */
  readonly host?: KernelHost | undefined;
  /** When false, kernels do one step of the plan each. */
  readonly group?: boolean;
  /** Simplifies and plans a body of control flow whose shapes are known; without it bodies are evaluated. */
  readonly planBody?: (graph: Graph) => Plan;
}

/** Outputs by name. Where a model gives sequences, optionals or maps, say so: `run<{ words: Datum[] }>(feeds)`. */
export type Outputs = Record<string, Tensor>;

const cachedBindings = 16;

/** A loaded model. Made by `load`; runs until disposed. */
export class Model {
  readonly inputs: readonly PortInfo[];
  readonly outputs: readonly PortInfo[];
  #parts: ModelParts | undefined;
  readonly #bound = new Map<string, BoundPlan>();
  /** Those over which a run came to its end. */
  readonly #proven = new WeakSet<BoundPlan>();
  #session: KernelSession | undefined;
  readonly #bodies: BodyRunner | undefined;
  #arena = new ArrayBuffer(0);
  #latest: BoundPlan | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #running = false;

  /** @internal */
  constructor(parts: ModelParts) {
    this.#parts = parts;
    this.#session = parts.host && new KernelSession(parts.host);
    this.#bodies = parts.host && parts.planBody && new BodyRunner(parts.host, parts.planBody);
    this.inputs = parts.plan.inputs.map(portInfo);
    this.outputs = parts.plan.outputs.map(portInfo);
    if (this.#session !== undefined && inputSymbols(parts.plan.inputs).length === 0) this.#prepareFixed(parts);
  }

  /** A model without symbolic dims is made ready when it is loaded. What does not fit is for its first run to say. */
  #prepareFixed(parts: ModelParts): void {
    try {
      this.#memoryFor(this.#bind(parts, new Map()));
    } catch (error) {
      if (!(error instanceof LanewiseError)) throw error;
    }
  }

  get info(): ModelInfo {
    const { plan, info, host } = this.#alive();
    const evaluated = this.#latest ? evaluatedOps(this.#latest) : opsWithoutKernels(plan, host?.target);
    const evalOps: Record<string, number> = {};
    for (const op of evaluated) evalOps[op] = (evalOps[op] ?? 0) + 1;
    const steps = this.#latest?.steps.length ?? plan.steps.length;
    const sizes = { arenaBytes: this.#latest?.arenaBytes ?? 0, memoryBytes: this.#session?.bytes ?? 0 };
    return { ...info, async: "between steps", steps, evalSteps: evaluated.length, evalOps, ...sizes };
  }

  /**
   * Runs the model once. Calls queue: one run at a time. The event loop turns between steps when they have taken 4 ms.
   * A signal that fires ends the run before its next step, and one that waits in the queue at once. Throws UsageError or ShapeError for feeds that do not fit, AbortedError when the signal fires, LimitError over the time or the arena.
   */
  run<O extends object = Outputs>(feeds: Readonly<Record<string, Feed>>, options: RunOptions = {}): Promise<O> {
    const result = this.#queue.then(() => {
      this.#running = true;
      return this.#runInTurns<O>(feeds, options).finally(() => {
        this.#running = false;
        this.#releaseHost();
      });
    });
    const forget = () => undefined;
    this.#queue = result.then(forget, forget);
    return orAborted(result, options.signal);
  }

  /** Runs the model once and holds the event loop until it is done. Throws UsageError while another run is under way. */
  runSync<O extends object = Outputs>(feeds: Readonly<Record<string, Feed>>, options: RunOptions = {}): O {
    if (this.#running) throw new UsageError("A run of this model is under way; await it before calling runSync().");
    this.#running = true;
    try {
      const { bound, steps } = this.#start(feeds, options);
      for (;;) {
        const { done, value } = steps.next();
        if (done) return this.#finish(bound, value);
      }
    } finally {
      this.#running = false;
      this.#releaseHost();
    }
  }

  /** Gives back weights, plan and arena, once a run that is under way has ended. Runs that wait in the queue fail with UsageError. Calling it twice is fine. */
  dispose(): void {
    this.#parts = undefined;
    this.#bound.clear();
    this.#arena = new ArrayBuffer(0);
    this.#latest = undefined;
    this.#releaseHost();
  }

  /** Gives back what runs kernels, unless a run still uses it: that run does it when it ends. */
  #releaseHost(): void {
    if (this.#parts !== undefined || this.#running) return;
    this.#session?.host.dispose();
    this.#session = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue;
    this.dispose();
  }

  async #runInTurns<O extends object>(feeds: Readonly<Record<string, Feed>>, options: RunOptions): Promise<O> {
    const { bound, steps } = this.#start(feeds, options);
    let turnStart = performance.now();
    for (;;) {
      const { done, value } = steps.next();
      if (done) return this.#finish(bound, value);
      if (performance.now() - turnStart < turnMs) continue;
      await nextTurn();
      turnStart = performance.now();
    }
  }

  #start(feeds: Readonly<Record<string, Feed>>, { signal, onStep }: RunOptions): StartedRun {
    const parts = this.#alive();
    const { plan, resolveOp, limits } = parts;
    if (signal?.aborted) throw abortedError(signal);
    const { data, bindings } = bindInputs(plan.inputs, feeds);
    const bound = this.#bind(parts, bindings);
    const memory = this.#memoryFor(bound);
    const poll = watch(signal, limits.timeoutMs);
    const isProven = this.#proven.has(bound);
    const options: ExecuteOptions = {
      resolveOp,
      poll,
      onStep,
      maxArenaBytes: limits.maxArenaBytes,
      isProven,
      bodies: this.#bodies,
    };
    return { bound, steps: execute(bound, memory, data, options) };
  }

  #bind({ plan, limits, host, group }: ModelParts, bindings: ReadonlyMap<string, number>): BoundPlan {
    const key = [...bindings].map(([symbol, value]) => `${symbol}=${value}`).join();
    const known = this.#bound.get(key);
    const bound =
      known ?? bindPlan(plan, bindings, { target: host?.target, group, maxArenaBytes: limits.maxArenaBytes });
    // Re-inserting keeps the map in the order of use, so that its first entry is the one to forget.
    this.#bound.delete(key);
    this.#bound.set(key, bound);
    if (this.#bound.size > cachedBindings) this.#forget(this.#bound.keys().next().value as string);
    return bound;
  }

  #forget(key: string): void {
    const bound = this.#bound.get(key) as BoundPlan;
    this.#bound.delete(key);
    this.#session?.forget(bound);
  }

  #memoryFor(bound: BoundPlan): RunMemory {
    this.#latest = bound;
    const session = this.#session;
    if (session === undefined) {
      if (this.#arena.byteLength < bound.arenaBytes) this.#arena = allocateArena(bound.arenaBytes);
      return { buffer: this.#arena, base: 0 };
    }
    const prepared = session.prepare(bound);
    return {
      get buffer() {
        return session.host.memory.buffer;
      },
      base: session.base,
      kernels: { host: session.host, prepared },
    };
  }

  #finish<O extends object>(bound: BoundPlan, data: readonly Datum[]): O {
    this.#proven.add(bound);
    return Object.fromEntries(this.outputs.map(({ name }, i) => [name, data[i]])) as O;
  }

  #alive(): ModelParts {
    if (this.#parts !== undefined) return this.#parts;
    throw new UsageError("The model has been disposed of. Load it again to run it.");
  }
}

interface StartedRun {
  readonly bound: BoundPlan;
  /** One step each time it is asked; then the outputs. */
  readonly steps: Generator<undefined, Datum[]>;
}

function allocateArena(bytes: number): ArrayBuffer {
  try {
    return new ArrayBuffer(bytes);
  } catch (cause) {
    if (!isOutOfMemory(cause)) throw cause;
    throw new LimitError(
      `The plan needs an arena of ${bytes} bytes, which the machine does not give (${cause.message}). Use smaller inputs, or a machine with more memory.`,
      { cause },
    );
  }
}

/** The result, or AbortedError as soon as the signal fires. */
function orAborted<T>(result: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return result;
  return new Promise((resolve, reject) => {
    const abort = () => reject(abortedError(signal));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    result.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

function portInfo({ name, type }: PlanPort): PortInfo {
  if (type.kind !== "tensor") return { name, kind: type.kind, dtype: undefined, shape: undefined };
  const shape = type.shape?.map((dim) => (typeof dim === "number" ? dim : dimToString(dim)));
  return { name, kind: type.kind, dtype: type.dtype, shape };
}
