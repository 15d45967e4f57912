import type { Graph } from "../graph/graph.ts";
import type { DecodeImage } from "../graph/image.ts";
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
import { ArrayViews } from "./array-views.ts";
import { bindInputs } from "./bind-inputs.ts";
import { BodyRunner } from "./body-runner.ts";
import { ElementSizes } from "./element-sizes.ts";
import type { RunMemory } from "./execution.ts";
import { Execution } from "./execution.ts";
import type { ExpectedFeeds } from "./expected-feeds.ts";
import { expectedFeeds, matchFeeds } from "./expected-feeds.ts";
import type { Feed } from "./feed.ts";
import type { KernelHost } from "./kernel-host.ts";
import { KernelSession } from "./kernel-session.ts";
import type { RunLimits } from "./limits.ts";
import { abortedError, watch } from "./limits.ts";
import { Program } from "./program.ts";
import { isOutOfMemory } from "./step-failure.ts";
import type { StepReport } from "./step-report.ts";
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
  readonly decodeImage?: DecodeImage | undefined;
  /** What symbols will stand for in the first run; a model for which they are all known is made ready for it. */
  readonly bindings?: ReadonlyMap<string, number> | undefined;
  /** Gives back what constants are read from. The model calls it when it is disposed. */
  readonly close?: () => void;
}

/** Outputs by name. Where a model gives sequences, optionals or maps, say so: `run<{ words: Datum[] }>(feeds)`. */
export type Outputs = Record<string, Tensor>;

const cachedBindings = 16;

const ignore = (): void => undefined;

/** A loaded model. Made by `load`; runs until disposed. */
export class Model {
  readonly inputs: readonly PortInfo[];
  readonly outputs: readonly PortInfo[];
  #parts: ModelParts | undefined;
  #close: (() => void) | undefined;
  readonly #symbols: readonly string[];
  readonly #elements: ElementSizes | undefined;
  /** Those that ran last come first. */
  readonly #ready: ReadyPlan[] = [];
  #session: KernelSession | undefined;
  #bodies: BodyRunner | undefined;
  #arena = new ArrayViews(new ArrayBuffer(0));
  #latest: BoundPlan | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #running = false;

  /** @internal */
  constructor(parts: ModelParts) {
    this.#parts = parts;
    this.#close = parts.close;
    this.#session = parts.host && new KernelSession(parts.host);
    this.#bodies = parts.host && parts.planBody && new BodyRunner(parts.host, parts.planBody);
    this.inputs = parts.plan.inputs.map(portInfo);
    this.outputs = parts.plan.outputs.map(portInfo);
    this.#symbols = inputSymbols(parts.plan.inputs);
    this.#elements = ElementSizes.of(parts.plan);
    const { bindings = new Map<string, number>() } = parts;
    const areKnown = this.#elements === undefined && this.#symbols.every((symbol) => bindings.has(symbol));
    if (this.#session !== undefined && areKnown) this.#makeReady(parts, bindings);
  }

  /** A model whose sizes are known is made ready when it is loaded. What does not fit is for its first run to say. */
  #makeReady(parts: ModelParts, bindings: ReadonlyMap<string, number>): void {
    try {
      const { bound } = this.#bind(parts, bindings).program;
      this.#memoryFor(bound);
      const { decodeImage, limits } = parts;
      const { maxArenaBytes } = limits;
      this.#bodies?.prepare(bound, { bindings: bound.bindings, maxArenaBytes, decodeImage, poll: undefined });
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
    const result = this.#queue.then(() => this.#runInTurns<O>(feeds, options));
    this.#queue = result.then(ignore, ignore);
    return orAborted(result, options.signal);
  }

  /** Runs the model once and holds the event loop until it is done. Throws UsageError while another run is under way. */
  runSync<O extends object = Outputs>(feeds: Readonly<Record<string, Feed>>, options: RunOptions = {}): O {
    if (this.#running) throw new UsageError("A run of this model is under way; await it before calling runSync().");
    this.#running = true;
    try {
      const execution = this.#start(feeds, options, false);
      while (!execution.advance());
      return this.#named(execution.outputs());
    } finally {
      this.#running = false;
      if (this.#parts === undefined) this.#releaseHost();
    }
  }

  /** Gives back weights, plan and arena, once a run that is under way has ended. Runs that wait in the queue fail with UsageError. Calling it twice is fine. */
  dispose(): void {
    this.#parts = undefined;
    this.#ready.length = 0;
    this.#arena = new ArrayViews(new ArrayBuffer(0));
    this.#latest = undefined;
    this.#releaseHost();
  }

  /** Gives back what runs kernels, unless a run still uses it: that run does it when it ends. */
  #releaseHost(): void {
    if (this.#parts !== undefined || this.#running) return;
    this.#session?.host.dispose();
    this.#close?.();
    this.#close = undefined;
    this.#session = undefined;
    this.#bodies = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue;
    this.dispose();
  }

  async #runInTurns<O extends object>(feeds: Readonly<Record<string, Feed>>, options: RunOptions): Promise<O> {
    this.#running = true;
    try {
      let turnStart = performance.now();
      const execution = this.#start(feeds, options, true);
      while (!execution.advance()) {
        if (performance.now() - turnStart < turnMs) continue;
        await nextTurn();
        turnStart = performance.now();
      }
      return this.#named(execution.outputs());
    } finally {
      this.#running = false;
      if (this.#parts === undefined) this.#releaseHost();
    }
  }

  #start(feeds: Readonly<Record<string, Feed>>, { signal, onStep }: RunOptions, inTurns: boolean): Execution {
    const parts = this.#alive();
    const { limits } = parts;
    if (signal?.aborted) throw abortedError(signal);
    const { program, data } = this.#read(parts, feeds);
    const memory = this.#memoryFor(program.bound);
    return new Execution(program, memory, data, {
      maxArenaBytes: limits.maxArenaBytes,
      poll: watch(signal, limits.timeoutMs),
      inTurns,
      bodies: this.#bodies,
      decodeImage: parts.decodeImage,
      onStep,
    });
  }

  /** The data of feeds, and what runs them: what ran before, where they are like those before. */
  #read(
    parts: ModelParts,
    feeds: Readonly<Record<string, Feed>>,
  ): { readonly program: Program; readonly data: readonly Datum[] } {
    for (const ready of this.#ready) {
      const data = ready.expected && matchFeeds(ready.expected, feeds);
      if (data === undefined || ready.fits?.(data) === false) continue;
      this.#moveToFront(ready);
      return { program: ready.program, data };
    }
    const { data, bindings } = bindInputs(parts.plan.inputs, feeds, this.#elements);
    const ready = this.#bind(parts, bindings);
    ready.expected = expectedFeeds(parts.plan.inputs, data);
    return { program: ready.program, data };
  }

  #bind({ plan, limits, host, group, resolveOp }: ModelParts, bindings: ReadonlyMap<string, number>): ReadyPlan {
    const ofShapes = this.#symbols.map((symbol) => bindings.get(symbol));
    const sizes = this.#elements === undefined ? ofShapes : [...ofShapes, ...this.#elements.sizes(bindings)];
    const known = this.#ready.find((ready) => ready.sizes.every((size, i) => size === sizes[i]));
    if (known !== undefined) {
      this.#moveToFront(known);
      return known;
    }
    const bound = bindPlan(plan, bindings, { target: host?.target, group, maxArenaBytes: limits.maxArenaBytes });
    const program = new Program(bound, resolveOp);
    const ready: ReadyPlan = { sizes, program, expected: undefined, fits: this.#elements?.matcher(bindings) };
    this.#ready.unshift(ready);
    if (this.#ready.length > cachedBindings) this.#session?.forget((this.#ready.pop() as ReadyPlan).program.bound);
    return ready;
  }

  #moveToFront(ready: ReadyPlan): void {
    if (this.#ready[0] === ready) return;
    this.#ready.splice(this.#ready.indexOf(ready), 1);
    this.#ready.unshift(ready);
  }

  #memoryFor(bound: BoundPlan): RunMemory {
    this.#latest = bound;
    if (this.#session !== undefined) return this.#session.memoryFor(bound);
    if (this.#arena.buffer.byteLength < bound.arenaBytes) this.#arena = new ArrayViews(allocateArena(bound.arenaBytes));
    return { views: this.#arena, base: 0 };
  }

  #named<O extends object>(data: readonly Datum[]): O {
    const outputs: Record<string, Datum> = {};
    for (let i = 0; i < data.length; i++) outputs[(this.outputs[i] as PortInfo).name] = data[i] as Datum;
    return outputs as O;
  }

  #alive(): ModelParts {
    if (this.#parts !== undefined) return this.#parts;
    throw new UsageError("The model has been disposed of. Load it again to run it.");
  }
}

/** A plan bound for one set of sizes, ready to run. */
interface ReadyPlan {
  /** What the symbols of the inputs stand for, undefined where the shape of an input tells nothing, and then what sizes come to that depend on elements. */
  readonly sizes: readonly (number | undefined)[];
  readonly program: Program;
  /** The feeds of the latest run, as the next may have them too. */
  expected: ExpectedFeeds | undefined;
  /** Whether data of these shapes come to the same sizes; undefined where shapes tell them all. */
  readonly fits: ((data: readonly Datum[]) => boolean) | undefined;
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
