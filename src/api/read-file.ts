import type { FileHandle } from "node:fs/promises";
import { FormatError, LanewiseError } from "../tensor/errors.ts";
import { checkSignal } from "./check-signal.ts";
import type { ReadOptions } from "./read-options.ts";
import { checkSize } from "./read-options.ts";

/** One read takes at most this much: between two, the signal is looked at. */
const chunkBytes = 2 ** 26;

/** Reads a model file (Node, Bun, Deno). Throws FormatError when there is none, or when it is no regular file; AbortedError; LimitError. */
export async function readModelFile(path: string, options: ReadOptions): Promise<Uint8Array> {
  try {
    return await readRegularFile(path, options);
  } catch (error) {
    if (error instanceof LanewiseError || !(error instanceof Error) || !("code" in error)) throw error;
    const why =
      error.code === "ENOENT" ? "there is no such file; check the path" : `${error.message}; check its permissions`;
    throw new FormatError(`The model "${path}" cannot be read: ${why}.`, { cause: error });
  }
}

async function readRegularFile(path: string, options: ReadOptions): Promise<Uint8Array> {
  const { open, stat } = await import("node:fs/promises");
  const facts = await stat(path);
  if (facts.isDirectory()) {
    throw new FormatError(`"${path}" is a folder, expected an .onnx file. Name the file in it.`);
  }
  if (!facts.isFile()) {
    throw new FormatError(`"${path}" is no regular file, expected an .onnx file. Pass a stream of its bytes instead.`);
  }
  checkSize(`"${path}"`, facts.size, options.maxBytes);
  const file = await open(path, "r");
  try {
    return await readAll(file, { path, size: facts.size }, options);
  } finally {
    await file.close();
  }
}

async function readAll(
  file: FileHandle,
  { path, size }: { readonly path: string; readonly size: number },
  { signal, onBytes }: ReadOptions,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  for (let done = 0; done < size; ) {
    checkSignal(signal);
    const { bytesRead } = await file.read(bytes, done, Math.min(chunkBytes, size - done), done);
    if (bytesRead === 0) {
      throw new FormatError(
        `The model "${path}" ended after ${done} of ${size} bytes; it changed while it was read. Load it again.`,
      );
    }
    done += bytesRead;
    onBytes?.(done, size);
  }
  return bytes;
}
