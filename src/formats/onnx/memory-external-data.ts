import { FormatError } from "../../tensor/errors.ts";
import { checkLocation } from "./external.ts";
import type { ExternalData } from "./external-data.ts";

/** External data from files that are in memory already, by their paths relative to the model. Reads are views, not copies. */
export function memoryExternalData(
  files: ReadonlyMap<string, Uint8Array> | Readonly<Record<string, Uint8Array>>,
): ExternalData {
  const entries = files instanceof Map ? [...files] : Object.entries<Uint8Array>(files as Record<string, Uint8Array>);
  const byLocation = new Map(entries.map(([name, bytes]) => [checkLocation(name, "The list of files"), bytes]));
  return {
    async read(location, offset, length) {
      const bytes = byLocation.get(checkLocation(location));
      if (bytes === undefined) throw missingFile(location, [...byLocation.keys()]);
      checkRange(location, offset, length, bytes.length);
      return bytes.subarray(offset, length === undefined ? bytes.length : offset + length);
    },
  };
}

function missingFile(location: string, names: readonly string[]): FormatError {
  const given =
    names.length === 0 ? "no files are given" : `the files given are ${names.map((name) => `"${name}"`).join(", ")}`;
  return new FormatError(`The model needs the external file "${location}", but ${given}. Pass it with the model.`);
}

/** Throws FormatError unless a file of `size` bytes holds the range. */
export function checkRange(location: string, offset: number, length: number | undefined, size: number): void {
  const end = offset + (length ?? 0);
  if (end <= size) return;
  throw new FormatError(
    `The model needs bytes ${offset} to ${end} of the external file "${location}", which has only ${size}. ` +
      "It is cut short or belongs to another model: download or export both again.",
  );
}
