import type { ExternalData, LoadExternalOptions } from "../formats/onnx/external.ts";
import { fileExternalData } from "../formats/onnx/file-external-data.ts";
import { memoryExternalData } from "../formats/onnx/memory-external-data.ts";
import { AbortedError, FormatError, LimitError, UsageError } from "../tensor/errors.ts";

/** Where a model may come from: a path or URL, bytes, a Blob (or File), a stream, a Response. */
export type ModelSource = string | URL | Uint8Array | ArrayBuffer | Blob | ReadableStream<Uint8Array> | Response;

/** Reads external data by name; or the files themselves by their paths relative to the model. */
export type ExternalSource =
  | ((
      location: string,
      range: { readonly offset: number; readonly length: number | undefined },
    ) => Promise<Uint8Array> | Uint8Array)
  | Readonly<Record<string, Uint8Array>>
  | ReadonlyMap<string, Uint8Array>;

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly maxBytes: number;
  readonly externalData?: ExternalSource | undefined;
  readonly onProgress?: LoadExternalOptions["onProgress"];
}

export interface SourceBytes {
  readonly bytes: Uint8Array;
  /** Where the data of tensors outside the file comes from. */
  readonly external: ExternalData;
  /** For messages. */
  readonly label: string;
}

const hasFiles = (): boolean => typeof globalThis.process?.versions?.node === "string";
const isHttp = (text: string): boolean => /^https?:\/\//i.test(text);
const isFileUrl = (text: string): boolean => /^file:\/\//i.test(text);

/** Reads a model's bytes from wherever they are. Throws UsageError for a source of no known kind, FormatError when it cannot be read, LimitError over maxBytes. */
export async function readSource(source: ModelSource, options: ReadOptions): Promise<SourceBytes> {
  const text = typeof source === "string" ? source : isUrl(source) ? source.href : undefined;
  if (text !== undefined) return withExternal(await readNamed(text, options), options);
  const bytes = await readBytes(source as Exclude<ModelSource, string | URL>, options);
  return withExternal({ bytes, label: "the model", external: noExternal }, options);
}

const isUrl = (source: unknown): source is URL => Object.prototype.toString.call(source) === "[object URL]";

const noExternal: ExternalData = {
  read(location) {
    throw new FormatError(
      `The model keeps weights in the file "${location}"; pass it by the option externalData, or load the model by its path.`,
    );
  },
};

function withExternal(read: SourceBytes, { externalData }: ReadOptions): SourceBytes {
  if (externalData === undefined) return read;
  if (typeof externalData !== "function") return { ...read, external: memoryExternalData(externalData) };
  const external: ExternalData = {
    async read(location, offset, length) {
      const bytes = await externalData(location, { offset, length });
      if (length === undefined || bytes.length === length) return bytes;
      throw new FormatError(
        `The loader gave ${bytes.length} bytes of "${location}", expected ${length} from offset ${offset}.`,
      );
    },
  };
  return { ...read, external };
}

async function readNamed(text: string, options: ReadOptions): Promise<SourceBytes> {
  if (isHttp(text) || !hasFiles()) return readUrl(text, options);
  const path = isFileUrl(text) ? (await import("node:url")).fileURLToPath(text) : text;
  return { bytes: await readFile(path, options), external: fileExternalData(path), label: path };
}

async function readFile(path: string, { signal, maxBytes }: ReadOptions): Promise<Uint8Array> {
  const { open } = await import("node:fs/promises");
  const file = await open(path, "r").catch((cause: unknown) => {
    const missing = (cause as { code?: string }).code === "ENOENT";
    const why = missing
      ? "there is no such file; check the path"
      : `${String((cause as Error).message)}; check its permissions`;
    throw new FormatError(`The model "${path}" cannot be read: ${why}.`, { cause });
  });
  try {
    const facts = await file.stat();
    if (facts.isDirectory())
      throw new FormatError(`"${path}" is a folder, expected an .onnx file. Name the file in it.`);
    checkSize(path, facts.size, maxBytes);
    checkSignal(signal);
    return new Uint8Array(await file.readFile());
  } finally {
    await file.close();
  }
}

async function readUrl(url: string, options: ReadOptions): Promise<SourceBytes> {
  const response = await fetchOk(url, options.signal);
  const external: ExternalData = {
    async read(location, offset, length) {
      const from = new URL(location, response.url || url).href;
      const end = length === undefined ? "" : String(offset + length - 1);
      const part = await fetchOk(from, options.signal, { Range: `bytes=${offset}-${end}` });
      const bytes = new Uint8Array(await part.arrayBuffer());
      return part.status === 206 ? bytes : bytes.subarray(offset, length === undefined ? undefined : offset + length);
    },
  };
  return { bytes: await readBytes(response, options), external, label: url };
}

async function fetchOk(
  url: string,
  signal: AbortSignal | undefined,
  headers: Record<string, string> = {},
): Promise<Response> {
  const response = await fetch(url, { headers, ...(signal && { signal }) }).catch((cause: unknown) => {
    checkSignal(signal);
    throw new FormatError(
      `"${url}" cannot be fetched: ${String((cause as Error).message)}. Check the address and the network.`,
      { cause },
    );
  });
  if (response.ok) return response;
  throw new FormatError(
    `"${url}" cannot be fetched: the server answered ${response.status} ${response.statusText}. Check the address.`,
  );
}

async function readBytes(source: Exclude<ModelSource, string | URL>, options: ReadOptions): Promise<Uint8Array> {
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  const tag = Object.prototype.toString.call(source);
  if (tag === "[object ArrayBuffer]" || tag === "[object SharedArrayBuffer]")
    return new Uint8Array(source as ArrayBuffer);
  if (typeof source === "object" && source !== null) {
    if ("getReader" in source) return collect(source, options);
    if ("body" in source && source.body !== null) return collect(source.body, options);
    if ("stream" in source) return collect((source as Blob).stream(), options);
  }
  throw new UsageError(
    `A model is loaded from a path, a URL, bytes, a Blob, a stream or a Response; got ${source === null ? "null" : typeof source}.`,
  );
}

async function collect(stream: ReadableStream<Uint8Array>, { signal, maxBytes }: ReadOptions): Promise<Uint8Array> {
  const reader = stream.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      checkSignal(signal);
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      checkSize("The stream", size, maxBytes);
      parts.push(value);
    }
  } catch (error) {
    await reader.cancel(error);
    throw error;
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function checkSize(label: string, size: number, maxBytes: number): void {
  if (size > maxBytes)
    throw new LimitError(
      `${label} has ${size} bytes or more, over limits.maxBytes = ${maxBytes}. If you trust it, raise that limit.`,
    );
}

function checkSignal(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AbortedError("Loading the model was aborted by its signal.", { cause: signal.reason });
}
