import type { LoadOptions } from "../api/load.ts";
import { loadParts } from "../api/load.ts";
import type { Plan } from "../plan/plan.ts";
import { Model } from "../runtime/model.ts";
import type { Io } from "./io.ts";
import { note } from "./io.ts";
import type { ModelOptions } from "./model-options.ts";
import type { Progress } from "./progress.ts";

export interface OpenModel {
  readonly model: Model;
  readonly plan: Plan;
  readonly loadMs: number;
}

type OpenOptions = Pick<LoadOptions, "target" | "threads" | "fuse"> & Pick<ModelOptions, "json">;

/** Loads a model as the command line asks, and tells its warnings on standard error unless the output is for machines. */
export async function openModel(path: string, options: OpenOptions, io: Io, progress: Progress): Promise<OpenModel> {
  const start = performance.now();
  const { target, threads, fuse } = options;
  const parts = await loadParts(path, { target, threads, fuse, onProgress: progress.loading });
  const model = new Model(parts);
  const loadMs = performance.now() - start;
  if (!options.json) for (const warning of parts.info.warnings) note(io, `warning: ${warning}`);
  return { model, plan: parts.plan, loadMs };
}
