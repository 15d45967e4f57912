import { describeFeed } from "../runtime/describe-feed.ts";
import { nearestName } from "../runtime/nearest-name.ts";
import { UsageError } from "../tensor/errors.ts";

/** A predicate for what an option may be, and how a message says it. */
type Check = readonly [fits: (value: unknown) => boolean, wanted: string];

const isFunction = (value: unknown): boolean => typeof value === "function";
const atLeastZero: Check = [(value) => typeof value === "number" && value >= 0, "a number of 0 or more"];

const isShape = (value: unknown): boolean =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
const isShapes = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.values(value).every(isShape);

/** The options of load. Target and threads are checked where they are chosen, external data where it is read. */
const loadOptions: Readonly<Record<string, Check | undefined>> = {
  target: undefined,
  threads: undefined,
  externalData: undefined,
  signal: [(value) => typeof value === "object" && value !== null && "aborted" in value, "an AbortSignal"],
  onProgress: [isFunction, "a function"],
  limits: [(value) => typeof value === "object" && value !== null, "an object such as { maxBytes: 1e9 }"],
  numerics: [(value) => value === "exact" || value === "fast", '"exact" or "fast"'],
  shapes: [isShapes, "an object such as { x: [1, 3, 640, 640] }"],
  decodeImage: [isFunction, "a function"],
  fuse: [(value) => typeof value === "boolean", "true or false"],
};

const limits: Readonly<Record<string, Check>> = {
  maxBytes: atLeastZero,
  maxNodes: atLeastZero,
  maxArenaBytes: atLeastZero,
  timeoutMs: atLeastZero,
};

/** Throws UsageError that names the option when one is unknown or of the wrong kind. */
export function checkLoadOptions(options: object): void {
  if (typeof options !== "object" || options === null) {
    throw new UsageError(`The options of load must be an object such as { threads: 1 }, got ${describeFeed(options)}.`);
  }
  checkEach(options, loadOptions, "option");
  const given = (options as { readonly limits?: object }).limits;
  if (given !== undefined) checkEach(given, limits, "limit");
}

function checkEach(given: object, table: Readonly<Record<string, Check | undefined>>, what: string): void {
  const names = Object.keys(table);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (!names.includes(name)) {
      const near = nearestName(name, names);
      const hint = near === undefined ? "" : `; did you mean "${near}"?`;
      throw new UsageError(`load has no ${what} "${name}"${hint} The ${what}s are ${names.join(", ")}.`);
    }
    const [fits, wanted] = table[name] ?? [];
    if (fits === undefined || fits(value)) continue;
    throw new UsageError(`The ${what} "${name}" must be ${wanted}, got ${describeFeed(value)}.`);
  }
}
