import type { PlanPort } from "../plan/plan.ts";
import type { Datum } from "../tensor/datum.ts";
import { isTensor } from "../tensor/datum.ts";
import type { DType } from "../tensor/dtype.ts";
import { dtypes, isPacked } from "../tensor/dtype.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Feed } from "./feed.ts";
import { readFeed } from "./feed.ts";

/** What one input must get for a run like one before: the storage of a dtype, in a shape of plain numbers. */
interface ExpectedFeed {
  readonly port: PlanPort;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Slots of storage. */
  readonly length: number;
  readonly array: unknown;
  /** True where so many elements have this shape and no other. */
  readonly isBare: boolean;
}

export type ExpectedFeeds = readonly ExpectedFeed[];

/** What feeds must be to have the shapes of these data; undefined where only reading them again can tell. */
export function expectedFeeds(ports: readonly PlanPort[], data: readonly Datum[]): ExpectedFeeds | undefined {
  const expected = ports.map((port, i) => expectedFeed(port, data[i] as Datum));
  return expected.every((each) => each !== undefined) ? expected : undefined;
}

function expectedFeed(port: PlanPort, datum: Datum): ExpectedFeed | undefined {
  const { type } = port;
  // Booleans are brought to 0 and 1 on the way.
  if (type.kind !== "tensor" || !isTensor(datum) || type.dtype === "string" || type.dtype === "bool") return undefined;
  const { dtype, shape, data } = datum;
  const open = type.shape?.filter((dim) => typeof dim !== "number").length ?? Number.POSITIVE_INFINITY;
  const isBare = open === 0 || (open === 1 && !isPacked(dtype) && data.length > 0);
  return { port, dtype, shape: [...shape], length: data.length, array: dtypes[dtype].array, isBare };
}

/** The data of feeds that are as expected, without a closer look; undefined where anything is different, for a reader that says what. */
export function matchFeeds(expected: ExpectedFeeds, feeds: Readonly<Record<string, Feed>>): Datum[] | undefined {
  if (typeof feeds !== "object" || feeds === null || Object.keys(feeds).length !== expected.length) return undefined;
  const data: Datum[] = [];
  for (const each of expected) {
    const datum = matchFeed(each, feeds[each.port.name]);
    if (datum === undefined) return undefined;
    data.push(datum);
  }
  return data;
}

function matchFeed(expected: ExpectedFeed, feed: unknown): Tensor | undefined {
  const { port, dtype, shape, isBare } = expected;
  if (typeof feed === "number" || typeof feed === "bigint")
    return shape.length === 0 ? (readFeed(port.name, port.type, feed) as Tensor) : undefined;
  if (typeof feed !== "object" || feed === null) return undefined;
  if (isStorage(expected, feed)) return isBare ? { dtype, shape, data: feed } : undefined;
  const given = feed as Partial<Tensor>;
  if (given.dtype !== dtype || !isStorage(expected, given.data) || !isSameShape(shape, given.shape)) return undefined;
  return { dtype, shape, data: given.data };
}

/** True for an array of the expected kind and length. Those of other realms are left to the reader. */
function isStorage({ array, length }: ExpectedFeed, data: unknown): data is Tensor["data"] {
  return ArrayBuffer.isView(data) && data.constructor === array && (data as Uint8Array).length === length;
}

function isSameShape(shape: readonly number[], given: unknown): boolean {
  if (!Array.isArray(given) || given.length !== shape.length) return false;
  for (let i = 0; i < shape.length; i++) if (given[i] !== shape[i]) return false;
  return true;
}
