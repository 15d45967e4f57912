import type { Type } from "../graph/type.ts";
import { formatType } from "../graph/type.ts";
import { isTensor } from "../tensor/datum.ts";
import { UsageError } from "../tensor/errors.ts";

/** "Input "x" is f32[2]: expected ..., got ..." */
export function expected(name: string, type: Type, wanted: string, feed: unknown): UsageError {
  return new UsageError(`Input "${name}" is ${formatType(type)}: expected ${wanted}, got ${describeFeed(feed)}.`);
}

/** What a caller passed, in a few words: `i64[2,3]`, `the string "abc"`, `Float64Array of length 5`. */
export function describeFeed(feed: unknown): string {
  if (isTensor(feed) && Array.isArray(feed.shape)) return `${feed.dtype}[${feed.shape.join(",")}]`;
  if (feed === null || feed === undefined) return String(feed);
  if (typeof feed === "string") return `the string ${JSON.stringify(feed.slice(0, 40))}`;
  if (typeof feed !== "object") return `the ${typeof feed} ${String(feed)}`;
  const { length } = feed as ArrayLike<unknown>;
  return typeof length === "number" ? `${tagOf(feed)} of length ${length}` : tagOf(feed);
}

/** The class of an object by its tag, which holds across realms and copies: "Float32Array", "Array", "Object". */
export const tagOf = (feed: unknown): string => Object.prototype.toString.call(feed).slice(8, -1);
