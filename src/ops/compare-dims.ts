/** Comparisons of symbolic dims: 1 for certainly true, 0 for certainly false, else unknown. Symbols are at least 0. */
import type { Dim } from "../tensor/dim.ts";
import { dimAtLeast, dimEquals, subDims, unknownDim } from "../tensor/dim.ts";

type CompareDims = (a: Dim, b: Dim) => Dim;

const isCertainlyLess = (a: Dim, b: Dim): boolean => dimAtLeast(subDims(b, a), 1);
const isCertainlyLessEqual = (a: Dim, b: Dim): boolean => dimEquals(a, b) || dimAtLeast(subDims(b, a), 0);

const decide = (isTrue: boolean, isFalse: boolean): Dim => (isTrue ? 1 : isFalse ? 0 : unknownDim);

export const equalDims: CompareDims = (a, b) => decide(dimEquals(a, b), isCertainlyLess(a, b) || isCertainlyLess(b, a));

export const lessDims: CompareDims = (a, b) => decide(isCertainlyLess(a, b), isCertainlyLessEqual(b, a));

export const lessEqualDims: CompareDims = (a, b) => decide(isCertainlyLessEqual(a, b), isCertainlyLess(b, a));

export const greaterDims: CompareDims = (a, b) => lessDims(b, a);

export const greaterEqualDims: CompareDims = (a, b) => lessEqualDims(b, a);
