import type { FileHandle } from "node:fs/promises";
import { FormatError, LanewiseError } from "../../tensor/errors.ts";
import { checkLocation } from "./external.ts";
import type { ExternalData } from "./external-data.ts";
import { checkRange } from "./memory-external-data.ts";

/** One read call takes at most this much; Node refuses 2 GiB and more. */
const chunkBytes = 2 ** 30;

/**
 * External data from files beside a model on disk (Node, Bun, Deno). Symbolic links are resolved, and a file whose real path is
 * not in or below the folder of the model is refused; where the model itself is a link, as in download caches, the folder of its
 * target counts too. Only the range asked for is read, after a check against the size of the file.
 */
export function fileExternalData(modelPath: string): ExternalData {
  return {
    async read(location, offset, length) {
      try {
        return await readFileRange(modelPath, location, offset, length);
      } catch (error) {
        if (error instanceof LanewiseError || !(error instanceof Error)) throw error;
        throw new FormatError(
          `Cannot read the external file "${location}" of "${modelPath}": ${error.message}. Make the file readable, or load the model from elsewhere.`,
          { cause: error },
        );
      }
    },
  };
}

async function readFileRange(
  modelPath: string,
  location: string,
  offset: number,
  length: number | undefined,
): Promise<Uint8Array> {
  const { open } = await import("node:fs/promises");
  const path = await findFile(modelPath, checkLocation(location));
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    checkRange(location, offset, length, size);
    return await readRange(file, location, offset, length ?? size - offset);
  } finally {
    await file.close();
  }
}

/** The real path of a regular file that the model may read. */
async function findFile(modelPath: string, location: string): Promise<string> {
  const { realpath, stat } = await import("node:fs/promises");
  const { dirname, join, relative, isAbsolute, sep } = await import("node:path");
  const folder = dirname(modelPath);
  const realFolders = [await realpath(folder), dirname(await realpath(modelPath))];
  const candidates = [join(folder, location), join(realFolders[1] as string, location)];
  for (const candidate of candidates) {
    const real = await realpath(candidate).catch(absent);
    if (real === undefined) continue;
    const isInside = realFolders.some((root) => {
      const way = relative(root, real);
      return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
    });
    if (!isInside) {
      throw new FormatError(
        `The external file "${location}" of "${modelPath}" is a link to "${real}", outside the folder of the model. ` +
          "Put the file itself there if you trust it.",
      );
    }
    if ((await stat(real)).isFile()) return real;
    throw new FormatError(
      `The external data "${location}" of "${modelPath}" is not a regular file. Put the file itself there.`,
    );
  }
  throw new FormatError(
    `The external file "${location}" of "${modelPath}" is missing: there is no "${candidates[0]}". Download it too, and keep it beside the model.`,
  );
}

/** For a catch: undefined for a path that does not exist; anything else is thrown on. */
function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
  return undefined;
}

async function readRange(file: FileHandle, location: string, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, Math.min(chunkBytes, length - done), offset + done);
    if (bytesRead === 0) {
      throw new FormatError(
        `The external file "${location}" ended after ${offset + done} bytes, ${offset + length} are needed; it changed while it was read. Load the model again.`,
      );
    }
    done += bytesRead;
  }
  return bytes;
}
