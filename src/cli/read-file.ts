import { readFile } from "node:fs/promises";
import { FormatError } from "../tensor/errors.ts";

/** The bytes of a file that the command line names. Throws FormatError saying what it was for, and why it cannot be read. */
export async function readNamedFile(path: string, what: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why =
      code === "ENOENT"
        ? "there is no such file; check the path"
        : code === "EISDIR"
          ? "it is a folder; name a file"
          : message;
    throw new FormatError(`${what} "${path}" cannot be read: ${why}.`, { cause });
  }
}
