import { loadExternalData } from "../formats/onnx/external.ts";
import { importModel } from "../formats/onnx/import.ts";
import type { ModelLimits } from "../formats/onnx/limits.ts";
import { defaultLimits } from "../formats/onnx/limits.ts";
import { readModel } from "../formats/onnx/model.ts";
import type { Graph } from "../graph/graph.ts";
import { resolveOp } from "../ops/registered.ts";
import type { PipelineOptions } from "../passes/pipeline.ts";
import { runPipeline } from "../passes/pipeline.ts";
import { buildPlan } from "../plan/build-plan.ts";
import type { RunLimits } from "../runtime/limits.ts";
import { defaultRunLimits } from "../runtime/limits.ts";
import type { ModelParts } from "../runtime/model.ts";
import { Model } from "../runtime/model.ts";
import { AbortedError, withinAsync } from "../tensor/errors.ts";
import type { ExternalSource, ModelSource } from "./read-source.ts";
import { readSource } from "./read-source.ts";
import { registeredMappings } from "./register-op.ts";
import { chooseTarget } from "./target.ts";

/** How far loading has come. `done` and `total` count bytes while external data is read, stages otherwise. */
export interface LoadProgress {
  readonly stage: "read" | "external" | "import" | "simplify" | "plan" | "ready";
  readonly done: number;
  readonly total: number;
}

export type Limits = RunLimits & Pick<ModelLimits, "maxBytes" | "maxNodes">;

export interface LoadOptions {
  /** What runs the model: "eval" (each operator's meaning in TypeScript), or "auto", the default, the best that works here. */
  readonly target?: string | undefined;
  /** Threads to use at most; `model.info` says how many it got and why. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /** "exact" (the default) keeps every result reproducible; "fast" may use instructions with another rounding where a target has them. */
  readonly numerics?: "exact" | "fast" | undefined;
  /** Weights in other files, for models that are not loaded by path or URL. */
  readonly externalData?: ExternalSource | undefined;
  /** When false, the graph runs as the fuse stage finds it: for comparisons. */
  readonly fuse?: boolean | undefined;
}

export interface LoadedGraph {
  readonly graph: Graph;
  readonly warnings: readonly string[];
}

/**
 * Loads an ONNX model: reads, imports, simplifies and plans it. Throws FormatError for a bad file, UnsupportedError with all operators
 * that have no mapping, ShapeError, LimitError, TargetError, AbortedError; the message says what to do next.
 */
export async function load(source: ModelSource, options: LoadOptions = {}): Promise<Model> {
  return new Model(await loadParts(source, options));
}

/** What a model is made of; for those that look into the plan besides running it. Throws what load throws. */
export async function loadParts(source: ModelSource, options: LoadOptions = {}): Promise<ModelParts> {
  const { target, threads, reasons } = chooseTarget(options);
  const report = reporter(options);
  const { graph, warnings } = await loadGraph(source, options);
  report("simplify", 3);
  const until = options.fuse === false ? "declutter" : undefined;
  const simplified = runPipeline(graph, until === undefined ? {} : { until });
  report("plan", 4);
  const plan = buildPlan(simplified);
  report("ready", 5);
  const limits = { ...defaultRunLimits, ...options.limits };
  return { plan, resolveOp, limits, info: { target, threads, reasons, warnings } };
}

/** The graph of a model as it was imported, before any pass. */
export async function loadGraph(source: ModelSource, options: LoadOptions = {}): Promise<LoadedGraph> {
  const { signal, externalData, onProgress } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const report = reporter(options);
  report("read", 0);
  const { bytes, external, label } = await readSource(source, { signal, maxBytes: limits.maxBytes, externalData });
  return withinAsync(label, async () => {
    const model = readModel(bytes, { limits });
    const externalBytes = await loadExternalData(model.proto, external, {
      signal,
      limits,
      onProgress: ({ loadedBytes, totalBytes }) =>
        onProgress?.({ stage: "external", done: loadedBytes, total: totalBytes }),
    });
    report("import", 2);
    return importModel(model, { externalBytes, limits, families: registeredMappings() });
  });
}

export type { PipelineOptions };

const stageCount = 5;

function reporter({ signal, onProgress }: LoadOptions) {
  return (stage: LoadProgress["stage"], done: number) => {
    if (signal?.aborted)
      throw new AbortedError("Loading the model was aborted by its signal.", { cause: signal.reason });
    onProgress?.({ stage, done, total: stageCount });
  };
}
