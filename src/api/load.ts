import { loadExternalData } from "../formats/onnx/external.ts";
import { importModel } from "../formats/onnx/import.ts";
import type { ModelLimits } from "../formats/onnx/limits.ts";
import { defaultLimits } from "../formats/onnx/limits.ts";
import { readModel } from "../formats/onnx/model.ts";
import type { StoredFile } from "../formats/onnx/stored-file.ts";
import type { Graph } from "../graph/graph.ts";
import type { DecodeImage } from "../graph/image.ts";
import type { Op } from "../graph/op.ts";
import { resolveOp } from "../ops/registered.ts";
import { runPipeline } from "../passes/pipeline.ts";
import { buildPlan } from "../plan/build-plan.ts";
import type { Plan } from "../plan/plan.ts";
import { bindShapes } from "../runtime/bind-inputs.ts";
import type { RunLimits } from "../runtime/limits.ts";
import { defaultRunLimits } from "../runtime/limits.ts";
import type { ModelParts } from "../runtime/model.ts";
import { Model } from "../runtime/model.ts";
import { nextTurn } from "../runtime/turn.ts";
import { invariant, withinAsync } from "../tensor/errors.ts";
import { checkLoadOptions } from "./check-options.ts";
import { checkSignal } from "./check-signal.ts";
import type { ExternalSource } from "./external-source.ts";
import { findImageDecoder } from "./find-image-decoder.ts";
import type { ModelSource } from "./read-source.ts";
import { readSource } from "./read-source.ts";
import { registeredMappings } from "./register-op.ts";
import { chooseTarget } from "./target.ts";

/** How far loading has come. */
export interface LoadProgress {
  readonly stage: "read" | "external" | "import" | "simplify" | "plan" | "ready";
  /** Bytes in the stages "read" and "external", else the number of stages done. */
  readonly done: number;
  /** What `done` will come to; 0 while the number of bytes is not known. */
  readonly total: number;
}

export type Limits = RunLimits & Pick<ModelLimits, "maxBytes" | "maxNodes">;

export interface LoadOptions {
  /** What runs the model: "auto", the default, is the best that works here; "eval" is each operator's meaning in TypeScript; `lanewise info` lists them all. */
  readonly target?: string | undefined;
  /** Threads to use at most; `model.info` says how many it got and why. */
  readonly threads?: number | undefined;
  /** Ends loading when it fires: `load` then rejects with AbortedError. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  /** Bounds on what a file and a run may cost; going over one is a LimitError that names it. */
  readonly limits?: { readonly [L in keyof Limits]?: Limits[L] | undefined } | undefined;
  /** "exact" (the default) keeps every result reproducible; "fast" may use instructions with another rounding where a target has them. */
  readonly numerics?: "exact" | "fast" | undefined;
  /** Weights in other files, for models that are not loaded by path or URL. */
  readonly externalData?: ExternalSource | undefined;
  /**
   * Shapes that inputs will have, by name, where the model leaves dims open: what runs them is compiled while the model loads rather
   * than in the first run. Runs with other shapes stay possible. A model without open dims needs none. UsageError where a dim stays open.
   */
  readonly shapes?: Readonly<Record<string, readonly number[]>> | undefined;
  /**
   * What decodes the pictures of ImageDecoder, instead of the package @imagemagick/magick-wasm, which is used where Node, Bun or Deno find it
   * installed. Models without that operator need neither.
   */
  readonly decodeImage?: DecodeImage | undefined;
  /** When false, the graph runs as the fuse stage finds it, each operator on its own: for comparisons. */
  readonly fuse?: boolean | undefined;
}

/** @internal */
export interface LoadedGraph {
  readonly graph: Graph;
  /** Oddities of the file, as sentences. */
  readonly warnings: readonly string[];
  /** Closes the files from which constants are read when they are needed. */
  readonly close: () => void;
}

/**
 * Loads an ONNX model: reads, imports, simplifies and plans it. Throws FormatError for a bad file, UnsupportedError with all operators
 * that have no mapping, ShapeError, LimitError, TargetError, UsageError for bad options, AbortedError; the message says what to do next.
 */
export async function load(source: ModelSource, options: LoadOptions = {}): Promise<Model> {
  return new Model(await loadParts(source, options));
}

/**
 * What a model is made of; for those that look into the plan besides running it. Throws what load throws.
 * @internal
 */
export async function loadParts(source: ModelSource, options: LoadOptions = {}): Promise<ModelParts> {
  checkLoadOptions(options);
  const chosen = chooseTarget(options);
  const loaded = await loadGraph(source, options);
  try {
    return await planParts(loaded, chosen, options);
  } catch (error) {
    loaded.close();
    throw error;
  }
}

async function planParts(
  { graph, warnings, close }: LoadedGraph,
  { target, threads, reasons, openHost }: ReturnType<typeof chooseTarget>,
  options: LoadOptions,
): Promise<ModelParts> {
  const decodeImage = options.decodeImage ?? (await findImageDecoder(graph));
  await begin("simplify", options);
  const simplified = runPipeline(graph, options.fuse === false ? { until: "declutter" } : {});
  await begin("plan", options);
  const plan = buildPlan(simplified);
  const limits = { ...defaultRunLimits, ...given(options.limits) };
  const info = { target, threads, reasons, warnings };
  await begin("ready", options);
  const group = options.fuse !== false;
  const planBody = (body: Graph): Plan => buildPlan(runPipeline(body, group ? {} : { until: "declutter" }));
  const bindings = options.shapes && bindShapes(plan.inputs, options.shapes);
  return {
    plan,
    resolveOp: resolverOf(plan),
    limits,
    info,
    host: openHost?.(),
    group,
    planBody,
    decodeImage,
    bindings,
    close,
  };
}

/**
 * The graph of a model as it was imported, before any pass.
 * @internal
 */
export async function loadGraph(source: ModelSource, options: LoadOptions = {}): Promise<LoadedGraph> {
  const { signal, externalData, onProgress } = options;
  const limits = modelLimits(options);
  const onBytes = (stage: LoadProgress["stage"], done: number, total: number) => {
    checkSignal(signal);
    onProgress?.({ stage, done, total });
  };
  onBytes("read", 0, 0);
  const { bytes, external, label, files } = await readSource(source, {
    signal,
    maxBytes: limits.maxBytes,
    externalData,
    onBytes: (done, total) => onBytes("read", done, total),
  });
  const reading = withinAsync(label, async () => {
    const model = readModel(bytes, { limits });
    const externalBytes = await loadExternalData(model.proto, external, {
      signal,
      limits,
      onProgress: ({ loadedBytes, totalBytes }) => onBytes("external", loadedBytes, totalBytes),
    });
    await begin("import", options);
    return importModel(model, { externalBytes, limits, families: registeredMappings() });
  });
  try {
    const imported = await reading;
    close(files, ({ hasRanges }) => !hasRanges);
    return { ...imported, close: closing(files) };
  } catch (error) {
    close(files);
    throw error;
  }
}

type Files = () => readonly StoredFile[];

function close(files: Files, isDone: (file: StoredFile) => boolean = () => true): void {
  for (const file of files()) if (isDone(file)) file.close();
}

/** Apart from where a model is read, since a closure made there would hold its bytes too. */
const closing = (files: Files) => (): void => close(files);

const stages: readonly LoadProgress["stage"][] = ["read", "external", "import", "simplify", "plan", "ready"];

/** Lets the event loop turn, so that a signal can fire, and says which stage comes next. */
async function begin(stage: LoadProgress["stage"], { signal, onProgress }: LoadOptions): Promise<void> {
  await nextTurn();
  checkSignal(signal);
  onProgress?.({ stage, done: stages.indexOf(stage), total: stages.length - 1 });
}

/** What reading the file may cost. The dense form of sparse weights is data of a run, so it must fit the arena's limit. */
function modelLimits({ limits }: LoadOptions): ModelLimits {
  const maxDenseBytes = Math.min(defaultLimits.maxDenseBytes, limits?.maxArenaBytes ?? Number.POSITIVE_INFINITY);
  return { ...defaultLimits, maxDenseBytes, ...given(limits) };
}

/** The limits that are set. */
const given = (limits: LoadOptions["limits"] = {}): Partial<Limits> =>
  Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined));

/** The operators of a plan as they are now: registering one again changes models that are loaded later. */
function resolverOf({ steps }: Plan): (name: string) => Op {
  const ops = new Map(steps.map(({ op }) => [op, resolveOp(op)]));
  return (name) => {
    const op = ops.get(name);
    invariant(op !== undefined, `the plan has no step of the operator "${name}".`);
    return op;
  };
}
