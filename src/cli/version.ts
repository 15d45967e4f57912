import { readFileSync } from "node:fs";

/** Put in by the build; absent where the sources run as they are. */
declare const LANEWISE_VERSION: string | undefined;

/** The version in package.json. */
export const version: string =
  typeof LANEWISE_VERSION === "string"
    ? LANEWISE_VERSION
    : JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version;
