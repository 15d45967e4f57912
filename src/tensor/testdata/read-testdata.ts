import { readFileSync } from "node:fs";

/** The bytes of a file that make.py wrote. */
export const readTestdata = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, import.meta.url)));
