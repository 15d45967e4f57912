import { registeredMappings } from "../api/register-op.ts";
import { tensorsOf } from "../formats/onnx/external.ts";
import { inputType } from "../formats/onnx/import.ts";
import type { OnnxModel } from "../formats/onnx/model.ts";
import { readModel } from "../formats/onnx/model.ts";
import { findEntry } from "../formats/onnx/onnx-op.ts";
import { onnxFamilies } from "../formats/onnx/ops/index.ts";
import type { ModelProto, ValueInfoProto } from "../formats/onnx/schema.ts";
import type { StoredFile } from "../formats/onnx/stored-file.ts";
import { isExternal, tensorHeader } from "../formats/onnx/tensor.ts";
import { operatorUses } from "../formats/onnx/unsupported-ops.ts";
import { typeOfProto } from "../formats/onnx/value-type.ts";
import type { Type } from "../graph/type.ts";
import { formatType } from "../graph/type.ts";
import { dimToString } from "../tensor/dim.ts";
import type { RunPlace } from "./what-runs.ts";
import { operatorKey, whatRuns } from "./what-runs.ts";

/** An input or output as the file declares it. `dtype` is the whole type where it is no tensor; `shape` is null then, and for an unknown rank. */
export interface InspectedPort {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly (number | string)[] | null;
}

export interface InspectedOperator {
  readonly domain: string;
  readonly op: string;
  /** The opset of its domain that the model imports. */
  readonly version: number;
  readonly count: number;
  /** What would run it here, the target or eval or both; null when it is unsupported. */
  readonly target: string | null;
}

/** What a file says without its weights. */
export interface Inspection {
  /** 0 when the file does not say. */
  readonly irVersion: number;
  readonly producer: string;
  readonly opsets: Readonly<Record<string, number>>;
  readonly inputs: readonly InspectedPort[];
  readonly outputs: readonly InspectedPort[];
  readonly operators: readonly InspectedOperator[];
  /** Weights and other tensors of the file by dtype, the largest first. */
  readonly sizes: readonly {
    readonly dtype: string;
    readonly tensors: number;
    readonly elements: number;
    readonly bytes: number;
  }[];
  /** Files beside the model that hold weights. */
  readonly externalFiles: readonly { readonly location: string; readonly tensors: number; readonly bytes: number }[];
  readonly unsupported: readonly { readonly reason: string; readonly count: number }[];
  readonly warnings: readonly string[];
}

/** Reads what a model file says of itself. Weights outside the file are not looked at, and unknown operators are no error. */
export function inspectModel(bytes: Uint8Array | StoredFile, place: RunPlace): Inspection {
  const model = readModel(bytes);
  const { proto, graph, irVersion, opsets, warnings } = model;
  const weights = new Set(graph.initializer.map(({ name }) => name));
  const places = whatRuns(model, place);
  const uses = usesOf(model).sort((a, b) => b.count - a.count);
  return {
    irVersion,
    producer: [proto.producerName, proto.producerVersion].filter((text) => text !== "").join(" "),
    opsets: Object.fromEntries(opsets),
    inputs: graph.input
      .filter(({ name }) => !weights.has(name))
      .map((info) => inspectPort(info, info.type && inputType(info))),
    outputs: graph.output.map((info) => inspectPort(info, typeOfProto(info.type, `"${info.name}"`))),
    operators: uses.map(({ domain, name: op, version, count, problem }) => {
      const runsOn = places.get(operatorKey({ domain, opType: op })) ?? place.name;
      return { domain, op, version, count, target: problem === undefined ? runsOn : null };
    }),
    ...tensorFacts(proto),
    unsupported: uses.flatMap(({ problem, count }) => (problem === undefined ? [] : [{ reason: problem, count }])),
    warnings,
  };
}

function usesOf({ proto, graph, opsets }: OnnxModel) {
  const families = [...registeredMappings(), ...onnxFamilies];
  const key = (domain: string) => (domain === "ai.onnx" ? "" : domain);
  return operatorUses(graph.node, {
    find: (domain, opType) => findEntry(families, domain, opType),
    functionOf: ({ domain, opType, overload }) =>
      proto.functions.find((f) => key(f.domain) === key(domain) && f.name === opType && f.overload === overload),
    versionOf: (domain) => opsets.get(key(domain)) ?? 1,
  });
}

function inspectPort({ name }: ValueInfoProto, type: Type | undefined): InspectedPort {
  if (type === undefined) return { name, dtype: "unknown", shape: null };
  if (type.kind !== "tensor") return { name, dtype: formatType(type), shape: null };
  const shape = type.shape?.map((dim) => (typeof dim === "number" ? dim : dimToString(dim))) ?? null;
  return { name, dtype: type.dtype, shape };
}

function tensorFacts(proto: ModelProto): Pick<Inspection, "sizes" | "externalFiles"> {
  const sizes = new Map<string, { tensors: number; elements: number; bytes: number }>();
  const files = new Map<string, { tensors: number; bytes: number }>();
  for (const tensor of tensorsOf(proto)) {
    const { dtype, count, bytes } = tensorHeader(tensor);
    const size = sizes.get(dtype) ?? { tensors: 0, elements: 0, bytes: 0 };
    sizes.set(dtype, { tensors: size.tensors + 1, elements: size.elements + count, bytes: size.bytes + bytes });
    if (!isExternal(tensor)) continue;
    const location = tensor.externalData.find(({ key }) => key === "location")?.value ?? "";
    const file = files.get(location) ?? { tensors: 0, bytes: 0 };
    files.set(location, { tensors: file.tensors + 1, bytes: file.bytes + bytes });
  }
  return {
    sizes: [...sizes].map(([dtype, size]) => ({ dtype, ...size })).sort((a, b) => b.bytes - a.bytes),
    externalFiles: [...files].map(([location, file]) => ({ location, ...file })),
  };
}
