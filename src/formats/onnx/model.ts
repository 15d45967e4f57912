import { FormatError, LimitError, UnsupportedError } from "../../tensor/errors.ts";
import type { ModelLimits } from "./limits.ts";
import { withDefaultLimits } from "./limits.ts";
import type { GraphProto, ModelProto } from "./schema.ts";
import { describeForeignFile } from "./sniff.ts";
import { StoredFile } from "./stored-file.ts";
import { decode } from "./wire.ts";

/** A model file as it was written, checked to be one. Nothing of its meaning is checked yet. */
export interface OnnxModel {
  readonly proto: ModelProto;
  readonly graph: GraphProto;
  /** 0 when the file does not say. */
  readonly irVersion: number;
  /** The opset version of each domain that the model imports; the default domain is "". A model without imports means opset 1. */
  readonly opsets: ReadonlyMap<string, number>;
  /** Oddities that do not stand in the way of running the model, as sentences. */
  readonly warnings: readonly string[];
}

/** The IR versions that this reader was written for. */
export const irVersions = { oldest: 3, newest: 13 } as const;

/** The newest opset of each domain of the ONNX standard that this reader was written for; an opset may change what an operator means. */
export const newestOpsets: Readonly<Record<string, number>> = { "": 28, "ai.onnx.ml": 5 };

/** Throws UnsupportedError when the model, or a function in it, imports an opset of the standard that is newer than those known. */
export function checkOpsets({ proto, opsets }: OnnxModel): void {
  const ofFunctions = proto.functions.flatMap(({ opsetImport }) => opsetImport);
  const imported = [...opsets, ...ofFunctions.map(({ domain, version = 0 }) => [domain, version] as const)];
  for (const [domain, version] of imported) {
    const newest = newestOpsets[domain === "ai.onnx" ? "" : domain];
    if (newest === undefined || version <= newest) continue;
    throw new UnsupportedError(
      `The model imports opset ${version} of ${domain || "ai.onnx"}, but opsets 1 to ${newest} are known. ` +
        `Export it for opset ${newest}, or convert it with the onnx Python package (onnx.version_converter).`,
    );
  }
}

/**
 * Reads a binary .onnx file. Weights stay views of `bytes`, or large ones ranges of a file, which must not change afterwards. Throws FormatError when the file is
 * empty, damaged or no ONNX model, saying what it looks like, and LimitError when it goes over a limit.
 */
export function readModel(bytes: Uint8Array | StoredFile, options: { limits?: Partial<ModelLimits> } = {}): OnnxModel {
  const limits = withDefaultLimits(options.limits);
  if (bytes.length === 0) {
    throw new FormatError("The model file is empty (0 bytes). Download or export it again.");
  }
  if (bytes.length > limits.maxBytes) {
    throw new LimitError(
      `The model file has ${bytes.length} bytes, more than limits.maxBytes = ${limits.maxBytes}. If you trust it, raise that limit.`,
    );
  }
  const proto = decodeModel(bytes, limits);
  const warnings: string[] = [];
  const irVersion = checkIrVersion(proto, warnings);
  const { graph } = proto;
  if (graph === undefined) {
    const hint =
      describeForeignFile(headOf(bytes)) ?? "Load the .onnx file of a whole model, not of a single tensor or function";
    throw new FormatError(`The file is not an ONNX model: it holds no graph. ${hint}.`);
  }
  return { proto, graph, irVersion, opsets: readOpsets(proto, irVersion, warnings), warnings };
}

function headOf(bytes: Uint8Array | StoredFile): Uint8Array {
  if (!(bytes instanceof StoredFile)) return bytes;
  const head = new Uint8Array(Math.min(512, bytes.length));
  bytes.read(head, 0);
  return head;
}

function decodeModel(bytes: Uint8Array | StoredFile, limits: ModelLimits): ModelProto {
  try {
    return decode(bytes, "ModelProto", limits);
  } catch (cause) {
    const foreign = cause instanceof FormatError ? describeForeignFile(headOf(bytes)) : undefined;
    if (foreign === undefined) throw cause;
    throw new FormatError(`The file is not an ONNX model. ${foreign}.`, { cause });
  }
}

function checkIrVersion(proto: ModelProto, warnings: string[]): number {
  const { irVersion = 0, graph, opsetImport } = proto;
  const { oldest, newest } = irVersions;
  if (irVersion >= oldest && irVersion <= newest) return irVersion;
  if (irVersion > newest) {
    warnings.push(
      `The model has IR version ${irVersion}; this reader knows ${oldest} to ${newest} and may miss what is new.`,
    );
    return irVersion;
  }
  if (irVersion > 0) {
    warnings.push(
      `The model has IR version ${irVersion}, older than ${oldest}; parts of it may be read differently from what was meant.`,
    );
    return irVersion;
  }
  const looksLikeModel =
    opsetImport.length > 0 || (graph !== undefined && (graph.node.length > 0 || graph.output.length > 0));
  if (irVersion < 0 || !looksLikeModel) {
    throw new FormatError(
      `The file is not an ONNX model: its IR version is ${irVersion}, expected ${oldest} to ${newest}, and it holds neither nodes nor outputs. ` +
        "Download or export it again.",
    );
  }
  warnings.push(`The model names no IR version; it is read as version ${newest}.`);
  return 0;
}

function readOpsets(proto: ModelProto, irVersion: number, warnings: string[]): Map<string, number> {
  const opsets = new Map<string, number>();
  for (const { domain, version = 0 } of proto.opsetImport) {
    const key = domain === "ai.onnx" ? "" : domain;
    if (version < 1) {
      throw new FormatError(
        `The model imports opset ${version} of domain "${key}"; opset versions begin at 1. Export the model again.`,
      );
    }
    const before = opsets.get(key);
    if (before !== undefined && before !== version) {
      warnings.push(`The model imports domain "${key}" at opset ${before} and at ${version}; the newer is used.`);
    }
    opsets.set(key, Math.max(before ?? 0, version));
  }
  if (opsets.size > 0) return opsets;
  if (irVersion >= 3) warnings.push("The model imports no opset; opset 1 is assumed.");
  return opsets.set("", 1);
}
