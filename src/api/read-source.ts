import type { ExternalData } from "../formats/onnx/external-data.ts";
import { fileExternalData } from "../formats/onnx/file-external-data.ts";
import type { StoredFile } from "../formats/onnx/stored-file.ts";
import { describeFeed, tagOf } from "../runtime/describe-feed.ts";
import { FormatError, UsageError } from "../tensor/errors.ts";
import { checkSignal } from "./check-signal.ts";
import type { ExternalSource } from "./external-source.ts";
import { bytesOf, noExternalData, readExternalSource } from "./external-source.ts";
import { openModelFile } from "./read-file.ts";
import type { ReadOptions } from "./read-options.ts";
import { checkSize } from "./read-options.ts";
import { readStream } from "./read-stream.ts";
import { readResponse, readUrl } from "./read-url.ts";

/** Where a model may come from: a path or URL, bytes, a Blob (or File), a stream, a Response. */
export type ModelSource = string | URL | Uint8Array | ArrayBuffer | Blob | ReadableStream<Uint8Array> | Response;

export interface SourceOptions extends ReadOptions {
  readonly externalData?: ExternalSource | undefined;
}

export interface SourceBytes {
  readonly bytes: Uint8Array | StoredFile;
  /** The files that are open: that of `bytes`, and those of external data once they were read from. */
  readonly files: () => readonly StoredFile[];
  /** Where the data of tensors outside the file comes from. */
  readonly external: ExternalData;
  /** For messages. */
  readonly label: string;
}

/**
 * Reads a model's bytes from wherever they are; a file is opened only, for the caller to close. Throws UsageError for a source of no known kind, FormatError when it cannot be read,
 * LimitError over maxBytes, AbortedError.
 */
export async function readSource(source: ModelSource, options: SourceOptions): Promise<SourceBytes> {
  checkSignal(options.signal);
  const given = options.externalData === undefined ? undefined : readExternalSource(options.externalData);
  const named = typeof source === "string" ? source : tagOf(source) === "URL" ? (source as URL).href : undefined;
  const read =
    named === undefined
      ? { bytes: await readContent(source, options), files: noFiles, external: noExternalData, label: "the model" }
      : await readNamed(named, typeof source !== "string", options);
  return given === undefined ? read : { ...read, external: given };
}

const noFiles = (): readonly StoredFile[] => [];
const hasFiles = (): boolean => typeof globalThis.process?.versions?.node === "string";

async function readNamed(text: string, isUrl: boolean, options: ReadOptions): Promise<SourceBytes> {
  const isFileUrl = /^file:\/\//i.test(text);
  const isFetched = /^(https?|blob|data):/i.test(text) || !hasFiles();
  if (isFetched) return { ...(await readUrl(text, options)), files: noFiles, label: text.slice(0, 200) };
  if (isUrl && !isFileUrl) {
    throw new UsageError(
      `"${text}" cannot be fetched: URLs of http, https, file, blob and data are. Use one of those.`,
    );
  }
  const path = isFileUrl ? await pathOf(text) : text;
  const bytes = await openModelFile(path, options);
  const external = fileExternalData(path);
  return { bytes, files: () => [bytes, ...external.files()], external, label: path };
}

async function pathOf(url: string): Promise<string> {
  const { fileURLToPath } = await import("node:url");
  try {
    return fileURLToPath(url);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FormatError(`"${url}" names no file on this machine: ${why}. Check the URL.`, { cause });
  }
}

/** Kinds of content are told by what they can do, so those of other realms and libraries count too. */
async function readContent(source: unknown, options: ReadOptions): Promise<Uint8Array> {
  const bytes = bytesOf(source);
  if (bytes !== undefined) {
    options.onBytes?.(bytes.length, bytes.length);
    return bytes;
  }
  if (typeof source === "object" && source !== null) {
    if ("getReader" in source) {
      return readStream(source as ReadableStream<Uint8Array>, { label: "The stream" }, options);
    }
    if ("arrayBuffer" in source && "ok" in source) return readResponse(source as Response, options);
    if ("arrayBuffer" in source && "size" in source) return readBlob(source as Blob, options);
  }
  throw new UsageError(
    `A model is loaded from a path, a URL, bytes, a Blob, a stream or a Response; got ${describeFeed(source)}.`,
  );
}

async function readBlob(blob: Blob, { signal, maxBytes, onBytes }: ReadOptions): Promise<Uint8Array> {
  checkSize("The Blob", blob.size, maxBytes);
  const buffer = await blob.arrayBuffer().catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FormatError(`The Blob cannot be read: ${why}. Choose the file again.`, { cause });
  });
  checkSignal(signal);
  onBytes?.(blob.size, blob.size);
  return new Uint8Array(buffer);
}
