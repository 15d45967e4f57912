/** numpy's .npz files: zip archives of .npy files. */
import type { UnzipFileInfo } from "fflate";
import { unzipSync, zipSync } from "fflate";
import { FormatError, LanewiseError, LimitError, within } from "./errors.ts";
import { readNpy, writeNpy } from "./npy.ts";
import type { Tensor } from "./tensor.ts";

/**
 * The arrays of a .npz file by name, in the order of the file. Throws FormatError for a damaged file and what readNpy throws,
 * under the array's name.
 */
export function readNpz(bytes: Uint8Array): Map<string, Tensor> {
  const entries = unzip(bytes);
  return new Map(
    Object.entries(entries).map(([file, content]) => {
      const name = file.replace(/\.npy$/, "");
      return [name, within(`Array "${name}" of the .npz file`, () => readNpy(content))];
    }),
  );
}

function unzip(bytes: Uint8Array): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes, { filter: checkEntry });
  } catch (error) {
    if (error instanceof LanewiseError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new FormatError(`Not a readable .npz (zip) file of ${bytes.length} bytes: ${reason}.`, { cause: error });
  }
}

/** Checks an entry before anything is allocated for it: deflate cannot make one byte into more than 1032. */
function checkEntry({ name, size, originalSize, compression }: UnzipFileInfo): boolean {
  if (name.endsWith("/")) return false;
  if (!name.endsWith(".npy")) {
    throw new FormatError(`The .npz file holds "${name}"; every entry of a .npz file is a .npy file.`);
  }
  const most = compression === 0 ? size : size * 1032;
  if (originalSize > most) {
    throw new FormatError(`The .npz entry "${name}" claims ${originalSize} bytes from ${size} in the archive.`);
  }
  return true;
}

/**
 * The bytes of an uncompressed .npz file, as np.savez writes them; equal tensors give equal bytes. Throws a LimitError from 4
 * GiB on, and what writeNpy throws.
 */
export function writeNpz(tensors: ReadonlyMap<string, Tensor>): Uint8Array {
  const files = Object.fromEntries([...tensors].map(([name, t]) => [`${name}.npy`, writeNpy(t)]));
  const total = Object.values(files).reduce((sum, file) => sum + file.length + 1024, 0);
  if (total >= 2 ** 32)
    throw new LimitError(`A .npz file of ${total} bytes: zip archives here end at 4 GiB. Write .npy files.`);
  return zipSync(files, { level: 0, mtime: new Date(1980, 0, 1) });
}
