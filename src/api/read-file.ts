import { StoredFile } from "../formats/onnx/stored-file.ts";
import { FormatError, LanewiseError } from "../tensor/errors.ts";
import type { ReadOptions } from "./read-options.ts";
import { checkSize } from "./read-options.ts";

/** Opens a model file (Node, Bun, Deno). Throws FormatError when there is none, or when it is no regular file; LimitError. */
export async function openModelFile(path: string, options: ReadOptions): Promise<StoredFile> {
  try {
    return await openRegularFile(path, options);
  } catch (error) {
    if (error instanceof LanewiseError || !(error instanceof Error) || !("code" in error)) throw error;
    const why =
      error.code === "ENOENT" ? "there is no such file; check the path" : `${error.message}; check its permissions`;
    throw new FormatError(`The model "${path}" cannot be read: ${why}.`, { cause: error });
  }
}

async function openRegularFile(path: string, { maxBytes, onBytes }: ReadOptions): Promise<StoredFile> {
  const { stat } = await import("node:fs/promises");
  const facts = await stat(path);
  if (facts.isDirectory()) {
    throw new FormatError(`"${path}" is a folder, expected an .onnx file. Name the file in it.`);
  }
  if (!facts.isFile()) {
    throw new FormatError(`"${path}" is no regular file, expected an .onnx file. Pass a stream of its bytes instead.`);
  }
  checkSize(`"${path}"`, facts.size, maxBytes);
  const file = await StoredFile.open(path, `The model "${path}"`);
  try {
    onBytes?.(file.length, file.length);
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}
