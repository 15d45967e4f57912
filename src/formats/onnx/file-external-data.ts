import { FormatError, LanewiseError } from "../../tensor/errors.ts";
import { checkLocation } from "./external.ts";
import type { ExternalData } from "./external-data.ts";
import { checkRange } from "./memory-external-data.ts";
import { StoredFile } from "./stored-file.ts";

/** External data from files, and those that were opened. */
export interface FileExternalData extends ExternalData {
  files(): readonly StoredFile[];
}

/**
 * External data from files beside a model on disk (Node, Bun, Deno). Symbolic links are resolved, and a file whose real path is
 * not in or below the folder of the model is refused; where the model itself is a link, as in download caches, the folder of its
 * target counts too. Each file is opened once, and stays open where ranges of it are read later, all after a check against its size.
 */
export function fileExternalData(modelPath: string): FileExternalData {
  const files = new Map<string, StoredFile>();
  const open = async (location: string): Promise<StoredFile> => {
    const path = await findFile(modelPath, checkLocation(location));
    const file = files.get(path) ?? (await StoredFile.open(path, `The external file "${location}"`));
    files.set(path, file);
    return file;
  };
  return {
    async read(location, offset, length) {
      try {
        const file = await open(location);
        checkRange(location, offset, length, file.length);
        return file.bytes(offset, length ?? file.length - offset);
      } catch (error) {
        if (error instanceof LanewiseError || !(error instanceof Error)) throw error;
        throw new FormatError(
          `Cannot read the external file "${location}" of "${modelPath}": ${error.message}. Make the file readable, or load the model from elsewhere.`,
          { cause: error },
        );
      }
    },
    files: () => [...files.values()],
  };
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
