import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { it } from "vitest";

/** The root of the checkout. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Data that was found: where it lies, and how to let go of it. */
export interface FoundData {
  readonly folder: string;
  /** Removes what was unpacked for this; leaves alone what lay there before. */
  readonly release: () => void;
}

/**
 * Finds data that is never committed, by the name of its archive: in the folder that the environment variable names, else in ../shared
 * beside the checkout. An archive NAME.tar.xz is unpacked, into LANEWISE_UNPACKED where that names a folder to keep it in, else to a
 * temporary one; a folder NAME is taken as it is. Undefined when there is none.
 */
export function findShared(kind: string, variable: string, name: string): FoundData | undefined {
  const places = [process.env[variable], join(root, "..", "shared", kind)].filter((place) => place !== undefined);
  for (const place of places) {
    if (existsSync(join(place, `${name}.tar.xz`))) return unpack(join(place, `${name}.tar.xz`));
    if (existsSync(join(place, name))) return { folder: join(place, name), release: () => undefined };
  }
  return undefined;
}

function unpack(archive: string): FoundData {
  const keep = process.env["LANEWISE_UNPACKED"];
  if (keep !== undefined) return { folder: onlyFolderIn(unpackOnce(archive, keep)), release: () => undefined };
  const folder = unpackInto(tmpdir(), archive);
  return { folder: onlyFolderIn(folder), release: () => rmSync(folder, { recursive: true, force: true }) };
}

/** What an archive holds, in a folder of its own that later tests and runs find. */
function unpackOnce(archive: string, keep: string): string {
  const { size, mtimeMs } = statSync(archive);
  const place = join(keep, `${basename(archive, ".tar.xz")}-${size}-${Math.floor(mtimeMs)}`);
  if (existsSync(place)) return place;
  mkdirSync(keep, { recursive: true });
  const folder = unpackInto(keep, archive);
  try {
    renameSync(folder, place);
  } catch (error) {
    // Another test has been quicker.
    rmSync(folder, { recursive: true, force: true });
    if (!existsSync(place)) throw error;
  }
  return place;
}

function unpackInto(parent: string, archive: string): string {
  const folder = mkdtempSync(join(parent, "lanewise-data-"));
  try {
    execFileSync("tar", ["-xJf", archive, "-C", folder], { stdio: ["ignore", "ignore", "pipe"] });
  } catch (cause) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`${archive} cannot be unpacked: tar and xz must be installed.`, { cause });
  }
  return folder;
}

/** Archives of one kind of case hold one folder with all of them. */
function onlyFolderIn(folder: string): string {
  const [only, ...others] = readdirSync(folder, { withFileTypes: true });
  return only?.isDirectory() && others.length === 0 ? join(folder, only.name) : folder;
}

/** Makes a skipped test that stands for a suite whose data is not here, and prints how to get it. */
export function skipForLackOfData(suite: string, howToGet: string): void {
  console.info(`${suite}: skipped, no data: ${howToGet}`);
  it.skip(`${suite} (no data: ${howToGet})`);
}
