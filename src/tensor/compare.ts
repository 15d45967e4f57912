/** Whether a tensor is what was expected, and where not. */
import { dtypes, is64BitInteger } from "./dtype.ts";
import { bigints, numbers } from "./numbers.ts";
import { formatShape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";
import { elementCount } from "./tensor.ts";

export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}

export type Element = number | bigint | string | readonly [number, number];

export interface Comparison {
  readonly ok: boolean;
  /**
   * Greatest |actual - expected| and |actual - expected| / |expected|, over pairs of finite numbers (the latter where expected
   * is not 0).
   */
  readonly maxAbs: number;
  readonly maxRel: number;
  /** How many elements are out of tolerance, and the first one: its place along each axis, and both values. */
  readonly badCount: number;
  readonly firstBad?: { readonly index: readonly number[]; readonly actual: Element; readonly expected: Element };
  /** A sentence that says why, unless ok. */
  readonly reason?: string;
}

interface Difference {
  readonly ok: boolean;
  readonly abs: number;
  readonly rel: number;
}

/**
 * Compares element by element: |actual - expected| <= atol + rtol * |expected| for numbers (64-bit integers without rounding) and for
 * both parts of complex ones, NaN equal to NaN, infinities equal by sign; strings and bools exactly. Dtype and shape must be equal.
 */
export function compareTensors(actual: Tensor, expected: Tensor, tolerance: Tolerance): Comparison {
  const mismatch = typeMismatch(actual, expected);
  if (mismatch !== undefined) return { ok: false, maxAbs: 0, maxRel: 0, badCount: 0, reason: mismatch };
  const a = elementsOf(actual);
  const e = elementsOf(expected);
  const exact = dtypes[expected.dtype].kind === "bool" ? { rtol: 0, atol: 0 } : tolerance;
  const count = elementCount(expected.shape);
  let [maxAbs, maxRel, badCount, firstBad] = [0, 0, 0, -1];
  for (let i = 0; i < count; i++) {
    const { ok, abs, rel } = difference(a(i), e(i), exact);
    if (abs > maxAbs) maxAbs = abs;
    if (rel > maxRel) maxRel = rel;
    if (ok) continue;
    if (badCount++ === 0) firstBad = i;
  }
  if (badCount === 0) return { ok: true, maxAbs, maxRel, badCount };
  const bad = { index: placeOf(firstBad, expected.shape), actual: a(firstBad), expected: e(firstBad) };
  const reason = `${badCount} of ${count} values differ, first at ${formatShape(bad.index)}: expected ${show(bad.expected)}, got ${show(bad.actual)} (rtol ${exact.rtol}, atol ${exact.atol}; greatest difference ${maxAbs}).`;
  return { ok: false, maxAbs, maxRel, badCount, firstBad: bad, reason };
}

function typeMismatch(actual: Tensor, expected: Tensor): string | undefined {
  const sameShape =
    actual.shape.length === expected.shape.length && actual.shape.every((dim, axis) => dim === expected.shape[axis]);
  if (actual.dtype === expected.dtype && sameShape) return undefined;
  return `Expected ${expected.dtype}${formatShape(expected.shape)}, got ${actual.dtype}${formatShape(actual.shape)}.`;
}

/** Access to the elements by position. */
function elementsOf(t: Tensor): (i: number) => Element {
  if (t.dtype === "string") return (i) => (t.data as string[])[i]!;
  if (dtypes[t.dtype].kind === "complex") {
    const parts = t.data as Float32Array;
    return (i) => [parts[2 * i]!, parts[2 * i + 1]!];
  }
  const values = is64BitInteger(t.dtype) ? bigints(t) : numbers(t);
  return (i) => values[i]!;
}

function difference(actual: Element, expected: Element, tolerance: Tolerance): Difference {
  if (typeof actual === "number" && typeof expected === "number") return numberDifference(actual, expected, tolerance);
  if (typeof actual === "bigint" && typeof expected === "bigint") {
    const abs = Number(actual > expected ? actual - expected : expected - actual);
    return withinTolerance(abs, Math.abs(Number(expected)), tolerance);
  }
  if (Array.isArray(actual) && Array.isArray(expected)) {
    const [re, im] = [0, 1].map((part) => numberDifference(actual[part], expected[part], tolerance)) as [
      Difference,
      Difference,
    ];
    return { ok: re.ok && im.ok, abs: Math.max(re.abs, im.abs), rel: Math.max(re.rel, im.rel) };
  }
  return { ok: actual === expected, abs: 0, rel: 0 };
}

function numberDifference(actual: number, expected: number, tolerance: Tolerance): Difference {
  if (Object.is(actual, expected) || actual === expected) return { ok: true, abs: 0, rel: 0 };
  if (!Number.isFinite(actual) || !Number.isFinite(expected)) return { ok: false, abs: 0, rel: 0 };
  return withinTolerance(Math.abs(actual - expected), Math.abs(expected), tolerance);
}

function withinTolerance(abs: number, magnitude: number, { rtol, atol }: Tolerance): Difference {
  return { ok: abs <= atol + rtol * magnitude, abs, rel: magnitude === 0 ? 0 : abs / magnitude };
}

/** The place along each axis of the i-th element. */
function placeOf(i: number, shape: readonly number[]): number[] {
  const place = new Array<number>(shape.length);
  let rest = i;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const dim = shape[axis] ?? 1;
    place[axis] = rest % dim;
    rest = Math.floor(rest / dim);
  }
  return place;
}

function show(value: Element): string {
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "object" ? `${value[0]}+${value[1]}i` : String(value);
}
