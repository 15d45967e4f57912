import { AbortedError, FormatError, LimitError } from "../../tensor/errors.ts";
import type { StoredBytes } from "../../tensor/stored-bytes.ts";
import type { ExternalData } from "./external-data.ts";
import type { ModelLimits } from "./limits.ts";
import { withDefaultLimits } from "./limits.ts";
import type { AttributeProto, GraphProto, ModelProto, NodeProto, SparseTensorProto, TensorProto } from "./schema.ts";
import type { ExternalBytes } from "./tensor.ts";
import { isExternal, tensorHeader } from "./tensor.ts";

export interface LoadExternalOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: { readonly loadedBytes: number; readonly totalBytes: number }) => void) | undefined;
  readonly limits?: Partial<ModelLimits> | undefined;
}

/** Where one tensor lies. */
interface Place {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * Reads the data of every tensor that the model keeps in other files: initializers, attributes, subgraphs and functions. Places
 * and sizes are all checked before the first read; tensors that share a place share its bytes.
 */
export async function loadExternalData(
  model: ModelProto,
  source: ExternalData,
  { signal, onProgress, limits }: LoadExternalOptions = {},
): Promise<ExternalBytes> {
  const { maxBytes } = withDefaultLimits(limits);
  const places = [...tensorsOf(model)].filter(isExternal).map((proto) => ({ proto, place: placeOf(proto, limits) }));
  const distinct = new Map(places.map(({ place }) => [keyOf(place), place]));
  const totalBytes = [...distinct.values()].reduce((sum, { length }) => sum + length, 0);
  if (totalBytes > maxBytes) {
    throw new LimitError(
      `The model has ${totalBytes} bytes of external data, more than limits.maxBytes = ${maxBytes}. If you trust it, raise that limit.`,
    );
  }
  const loaded = new Map<string, Uint8Array | StoredBytes>();
  const result = new Map<TensorProto, Uint8Array | StoredBytes>();
  let loadedBytes = 0;
  for (const { proto, place } of places) {
    if (signal?.aborted) throw new AbortedError("Loading the external data was aborted.", { cause: signal.reason });
    const key = keyOf(place);
    let bytes = loaded.get(key);
    if (bytes === undefined) {
      bytes = await source.read(place.location, place.offset, place.length);
      loaded.set(key, bytes);
      loadedBytes += place.length;
      onProgress?.({ loadedBytes, totalBytes });
    }
    result.set(proto, bytes);
  }
  return result;
}

/** Every dense tensor in a model: initializers, halves of sparse tensors, attributes; in subgraphs and functions too. */
export function* tensorsOf({ graph, functions }: ModelProto): Generator<TensorProto> {
  if (graph !== undefined) yield* tensorsOfGraph(graph);
  for (const { node, attributeProto } of functions) {
    yield* tensorsOfNodes(node);
    for (const attribute of attributeProto) yield* tensorsOfAttribute(attribute);
  }
}

function* tensorsOfGraph({ initializer, sparseInitializer, node }: GraphProto): Generator<TensorProto> {
  yield* initializer;
  for (const sparse of sparseInitializer) yield* tensorsOfSparse(sparse);
  yield* tensorsOfNodes(node);
}

function* tensorsOfNodes(nodes: readonly NodeProto[]): Generator<TensorProto> {
  for (const { attribute } of nodes) for (const one of attribute) yield* tensorsOfAttribute(one);
}

function* tensorsOfAttribute({
  t,
  tensors,
  sparseTensor,
  sparseTensors,
  g,
  graphs,
}: AttributeProto): Generator<TensorProto> {
  if (t !== undefined) yield t;
  yield* tensors;
  if (sparseTensor !== undefined) yield* tensorsOfSparse(sparseTensor);
  for (const sparse of sparseTensors) yield* tensorsOfSparse(sparse);
  if (g !== undefined) yield* tensorsOfGraph(g);
  for (const graph of graphs) yield* tensorsOfGraph(graph);
}

function* tensorsOfSparse({ values, indices }: SparseTensorProto): Generator<TensorProto> {
  if (values !== undefined) yield values;
  if (indices !== undefined) yield indices;
}

const keyOf = ({ location, offset, length }: Place): string => `${offset}:${length}:${location}`;

function placeOf(proto: TensorProto, limits: Partial<ModelLimits> | undefined): Place {
  const { label, dtype, bytes } = tensorHeader(proto, limits);
  const entries = new Map(proto.externalData.map(({ key, value }) => [key, value]));
  const location = entries.get("location");
  if (location === undefined) {
    throw new FormatError(`Tensor ${label} lies in an external file but names no location. Export the model again.`);
  }
  const checked = checkLocation(location, `Tensor ${label}`);
  if (dtype === "string") {
    throw new FormatError(
      `Tensor ${label} keeps strings in the external file "${checked}", which ONNX does not allow. Export the model again.`,
    );
  }
  const offset = checkedInteger(label, "offset", entries.get("offset")) ?? 0;
  const length = checkedInteger(label, "length", entries.get("length")) ?? bytes;
  if (length !== bytes) {
    throw new FormatError(
      `Tensor ${label} ${dtype}[${proto.dims.join(",")}] needs ${bytes} bytes, but ${length} are named in the external file "${checked}". ` +
        "Export the model again.",
    );
  }
  return { location: checked, offset, length };
}

function checkedInteger(label: string, what: string, text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new FormatError(
    `Tensor ${label} has the external ${what} "${text}", expected an integer from 0 to 2^53. Export the model again.`,
  );
}

/**
 * Checks the location of external data, a path relative to the folder of the model, and returns it without "." steps and
 * doubled slashes. Throws FormatError, which begins with `owner`, for anything that could lead elsewhere: an absolute path, "..",
 * a backslash, a drive letter, a URL scheme, a NUL.
 */
export function checkLocation(location: string, owner = "The model"): string {
  const reject = (why: string): FormatError =>
    new FormatError(
      `${owner} names external data at ${JSON.stringify(location)}, ${why}. ` +
        "Only files in the folder of the model, or below it, are read; save the model again with relative locations.",
    );
  if (location.includes("\0")) throw reject("which has a NUL character");
  if (location.includes("\\")) throw reject("which has a backslash");
  if (location.startsWith("/")) throw reject("an absolute path");
  if (/^[a-z][a-z0-9+.-]*:/i.test(location)) throw reject("which begins with a drive letter or a URL scheme");
  const steps = location.split("/").filter((step) => step !== "" && step !== ".");
  if (steps.includes("..")) throw reject('which leads out of a folder by ".."');
  if (steps.length === 0) throw reject("which names no file");
  return steps.join("/");
}
