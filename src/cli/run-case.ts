import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LoadOptions } from "../api/load.ts";
import { loadParts } from "../api/load.ts";
import { readModel } from "../formats/onnx/model.ts";
import { datumKind, readDatum } from "../formats/onnx/read-datum.ts";
import type { ValueInfoProto } from "../formats/onnx/schema.ts";
import { isGraph } from "../graph/graph.ts";
import { holdsOp } from "../graph/holds-op.ts";
import { inputOp } from "../graph/leaves.ts";
import type { Op } from "../graph/op.ts";
import type { Attributes } from "../graph/value.ts";
import type { Plan } from "../plan/plan.ts";
import type { Feed } from "../runtime/feed.ts";
import type { ModelParts } from "../runtime/model.ts";
import { Model } from "../runtime/model.ts";
import type { Datum } from "../tensor/datum.ts";
import { FormatError, LanewiseError, within } from "../tensor/errors.ts";
import type { Closeness } from "./compare-data.ts";
import { compareData } from "./compare-data.ts";
import type { FoundCase } from "./find-cases.ts";

/** What `verify` says of a case. */
export interface CaseResult {
  readonly case: string;
  /** False for a case that was skipped, too. */
  readonly ok: boolean;
  readonly error?: string;
  /** The greatest differences over all outputs. */
  readonly maxAbs?: number;
  readonly maxRel?: number;
  /** Why there was nothing to compare. */
  readonly skipped?: string;
}

export interface CaseOptions extends Pick<LoadOptions, "target" | "threads" | "fuse"> {
  readonly rtol: number;
  readonly atol: number;
  /** Another judgement than compareData's. */
  readonly compare?: typeof compareData;
  /** Is given the model after its runs, before it is disposed. */
  readonly onRun?: (model: Model) => void;
}

/** Runs a case on all its data. Whatever goes wrong is part of the result; this never throws. */
export async function runCase(found: FoundCase, options: CaseOptions): Promise<CaseResult> {
  const { name, model: path, problem, dataSets } = found;
  if (path === undefined) return { case: name, ok: false, error: problem ?? "there is no model" };
  if (dataSets.length === 0) return { case: name, ok: false, skipped: "there is no test_data_set_* beside the model" };
  try {
    return { case: name, ...(await runDataSets(path, dataSets, options)) };
  } catch (error) {
    return { case: name, ok: false, error: errorText(error) };
  }
}

const errorText = (error: unknown): string =>
  error instanceof LanewiseError || !(error instanceof Error)
    ? String((error as Error).message ?? error)
    : String(error);

type Outcome = Omit<CaseResult, "case">;

async function runDataSets(path: string, dataSets: readonly string[], options: CaseOptions): Promise<Outcome> {
  const { graph } = readModel(new Uint8Array(readFileSync(path)));
  const { target, threads, fuse, rtol, atol, compare = compareData } = options;
  const parts = await loadParts(path, { target, threads, fuse });
  const closeness: Closeness = isRandom(parts) ? "types only" : { rtol, atol };
  using model = new Model(parts);
  let [maxAbs, maxRel, compared] = [0, 0, 0];
  for (const [i, folder] of dataSets.entries()) {
    const inputs = readData(folder, "input", graph.input);
    const outputs = readData(folder, "output", graph.output);
    compared += outputs.size;
    if (outputs.size === 0) continue;
    const results = await model.run(Object.fromEntries(inputs) as Record<string, Feed>);
    for (const [name, expected] of outputs) {
      const part = compare(results[name] ?? null, expected, closeness);
      maxAbs = Math.max(maxAbs, part.maxAbs);
      maxRel = Math.max(maxRel, part.maxRel);
      if (part.ok) continue;
      const where = `output "${name}"${dataSets.length > 1 ? ` of data set ${i}` : ""}`;
      return { ok: false, error: `${where}: ${part.reason ?? "differs"}`, maxAbs, maxRel };
    }
  }
  options.onRun?.(model);
  if (compared === 0) return { ok: false, skipped: "the data sets hold no outputs to compare with" };
  return { ok: true, maxAbs, maxRel };
}

/** The values in a data set's files input_N.pb or output_N.pb, by the name of the N-th input or output. */
function readData(folder: string, what: "input" | "output", ports: readonly ValueInfoProto[]): Map<string, Datum> {
  const data = new Map<string, Datum>();
  const files = readdirSync(folder).map((file) => new RegExp(`^${what}_(\\d+)\\.pb$`).exec(file));
  for (const found of files.filter((match) => match !== null).sort((a, b) => Number(a[1]) - Number(b[1]))) {
    const [file, number] = found;
    const port = ports[Number(number)];
    const kind = datumKind(port?.type);
    if (port === undefined || kind === undefined) {
      throw new FormatError(
        `${file} is data for ${what} ${number}, but the model ${port === undefined ? `has ${ports.length}` : "gives it no type"}.`,
      );
    }
    const bytes = new Uint8Array(readFileSync(join(folder, file)));
    data.set(
      port.name,
      within(file, () => readDatum(bytes, kind)),
    );
  }
  return data;
}

/** True when an operator of the plan, or of a body in it, gives random numbers: then only dtypes and shapes can be compared. */
function isRandom({ plan, resolveOp }: { readonly plan: Plan; readonly resolveOp: ModelParts["resolveOp"] }): boolean {
  return plan.steps.some(({ op, attributes }) => !resolveOp(op).pure || hasRandomBody(attributes));
}

const isRandomOp = (op: Op): boolean => op !== inputOp && !op.pure;

const hasRandomBody = (attributes: Attributes): boolean =>
  Object.values(attributes).some((attribute) => isGraph(attribute) && holdsOp(attribute, isRandomOp));
