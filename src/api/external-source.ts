import type { ExternalData } from "../formats/onnx/external-data.ts";
import { memoryExternalData } from "../formats/onnx/memory-external-data.ts";
import { describeFeed, tagOf } from "../runtime/describe-feed.ts";
import { FormatError, LanewiseError, UsageError } from "../tensor/errors.ts";

/** Part of a file: `length` bytes from `offset`, to the end when undefined. */
export interface FileRange {
  readonly offset: number;
  readonly length: number | undefined;
}

type Bytes = Uint8Array | ArrayBuffer;

/** Reads external data by name; or the files themselves by their paths relative to the model. */
export type ExternalSource =
  | ((location: string, range: FileRange) => Promise<Bytes> | Bytes)
  | Readonly<Record<string, Bytes>>
  | ReadonlyMap<string, Bytes>;

/** What the caller gave as external data, as the reader takes it. Throws UsageError for what holds no bytes. */
export function readExternalSource(source: ExternalSource): ExternalData {
  if (typeof source === "function") return { read: (location, ...range) => readBy(source, location, ...range) };
  if (typeof source !== "object" || source === null) {
    throw new UsageError(
      `The option externalData must be a function or the files by their paths, got ${describeFeed(source)}.`,
    );
  }
  const entries = tagOf(source) === "Map" ? [...(source as ReadonlyMap<string, Bytes>)] : Object.entries(source);
  return memoryExternalData(
    new Map(entries.map(([name, file]) => [name, asBytes(file, `The option externalData has for "${name}"`)])),
  );
}

/** External data of a model that came without a place: there is none, and the message names the option. */
export const noExternalData: ExternalData = {
  async read(location) {
    throw new FormatError(
      `The model keeps weights in the file "${location}"; pass it by the option externalData, or load the model by its path.`,
    );
  },
};

async function readBy(
  read: Extract<ExternalSource, (...parameters: never) => unknown>,
  location: string,
  offset: number,
  length: number | undefined,
): Promise<Uint8Array> {
  const given = await tryRead(() => read(location, { offset, length }), location);
  const bytes = asBytes(given, `The option externalData gave for "${location}"`);
  if (length === undefined || bytes.length === length) return bytes;
  throw new FormatError(
    `The option externalData gave ${bytes.length} bytes of "${location}", expected ${length} from offset ${offset}. Return just that range.`,
  );
}

async function tryRead(read: () => Promise<Bytes> | Bytes, location: string): Promise<Bytes> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof LanewiseError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FormatError(
      `The option externalData failed to read "${location}": ${why}. See the cause of this error.`,
      { cause },
    );
  }
}

function asBytes(value: unknown, what: string): Uint8Array {
  const bytes = bytesOf(value);
  if (bytes !== undefined) return bytes;
  throw new UsageError(`${what} ${describeFeed(value)}; bytes are needed (Uint8Array or ArrayBuffer).`);
}

/** The bytes of a buffer or a view of one, without a copy; undefined for anything else. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  const isBuffer = ["ArrayBuffer", "SharedArrayBuffer"].includes(tagOf(value));
  return isBuffer ? new Uint8Array(value as ArrayBuffer) : undefined;
}
