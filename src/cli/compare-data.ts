import type { Tolerance } from "../tensor/compare.ts";
import { compareTensors } from "../tensor/compare.ts";
import type { Datum } from "../tensor/datum.ts";
import { isTensor } from "../tensor/datum.ts";
import { formatShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

export interface DatumComparison {
  readonly ok: boolean;
  readonly maxAbs: number;
  readonly maxRel: number;
  /** Why not, unless ok. */
  readonly reason?: string;
  /** The tensors that differ, unless something else does. */
  readonly pair?: readonly [Tensor, Tensor];
}

const equal: DatumComparison = { ok: true, maxAbs: 0, maxRel: 0 };
const differ = (reason: string): DatumComparison => ({ ok: false, maxAbs: 0, maxRel: 0, reason });

/** How two data are compared: by their values within a tolerance, or, for random ones, by dtypes and shapes alone. */
export type Closeness = Tolerance | "types only";

/** Compares what two runs made: tensors as compareTensors does, sequences and maps item by item, empty optionals only with each other. */
export function compareData(actual: Datum, expected: Datum, closeness: Closeness): DatumComparison {
  if (isTensor(actual) && isTensor(expected)) return compareTensorPair(actual, expected, closeness);
  if (actual === null || expected === null) return actual === expected ? equal : differ(kinds(actual, expected));
  if (Array.isArray(actual) && Array.isArray(expected)) {
    if (actual.length !== expected.length) {
      return differ(`expected a sequence of ${expected.length}, got one of ${actual.length}`);
    }
    return compareParts(
      actual.map((item, i) => [String(i), item, expected[i]] as const),
      closeness,
    );
  }
  if (isMap(actual) && isMap(expected)) {
    const keys = [...new Set([...actual.keys(), ...expected.keys()])];
    const strange = keys.find((key) => actual.has(key) !== expected.has(key));
    if (strange !== undefined) {
      return differ(`the key ${String(strange)} is ${actual.has(strange) ? "not expected" : "missing"}`);
    }
    return compareParts(
      keys.map((key) => [String(key), actual.get(key), expected.get(key)] as const),
      closeness,
    );
  }
  return differ(kinds(actual, expected));
}

const isMap = (datum: Datum): datum is ReadonlyMap<string | bigint, Datum> =>
  datum !== null && !Array.isArray(datum) && !isTensor(datum);

const kinds = (actual: Datum, expected: Datum): string => `expected ${kindOf(expected)}, got ${kindOf(actual)}`;

function kindOf(datum: Datum): string {
  if (datum === null) return "an empty optional";
  if (isTensor(datum)) return `${datum.dtype}${formatShape(datum.shape)}`;
  return Array.isArray(datum) ? `a sequence of ${datum.length}` : "a map";
}

function compareTensorPair(actual: Tensor, expected: Tensor, closeness: Closeness): DatumComparison {
  if (closeness === "types only") return kindOf(actual) === kindOf(expected) ? equal : differ(kinds(actual, expected));
  const { ok, maxAbs, maxRel, reason } = compareTensors(actual, expected, closeness);
  return ok || reason === undefined ? { ok, maxAbs, maxRel } : { ok, maxAbs, maxRel, reason, pair: [actual, expected] };
}

type Part = readonly [key: string, actual: Datum | undefined, expected: Datum | undefined];

function compareParts(parts: readonly Part[], closeness: Closeness): DatumComparison {
  let [maxAbs, maxRel] = [0, 0];
  let bad: DatumComparison | undefined;
  for (const [key, actual = null, expected = null] of parts) {
    const part = compareData(actual, expected, closeness);
    maxAbs = Math.max(maxAbs, part.maxAbs);
    maxRel = Math.max(maxRel, part.maxRel);
    if (!part.ok) bad ??= { ...part, reason: `[${key}]: ${part.reason}` };
  }
  return bad === undefined ? { ok: true, maxAbs, maxRel } : { ...bad, maxAbs, maxRel };
}
