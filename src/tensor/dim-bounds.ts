/** What can be said about the size of a dim when every symbol is at least 0, but for those of elements. */
import type { Dim, DimAtom, DimTerm } from "./dim-expr.ts";
import { addScaled, dimOf, divisorOf, isElementName, isUnknownDim, subDims, termsOf } from "./dim-expr.ts";

/** Steps of reasoning left; when they are used up the answer is "not certain", so no expression takes long. */
interface Budget {
  steps: number;
}

/** True when the dim is certainly at least n, all symbols being at least 0 but for those of elements, which may be anything. */
export function dimAtLeast(d: Dim, n: number): boolean {
  if (typeof d === "number") return d >= n;
  if (isUnknownDim(d)) return false;
  return isNonNegative(subDims(dimOf(d.terms), n * d.divisor), { steps: 100 });
}

/** Whether a >= b for certain. */
export const isAtLeast = (a: Dim, b: Dim): boolean => dimAtLeast(subDims(a, b), 0);

function isNonNegative(d: Dim, budget: Budget): boolean {
  if (isUnknownDim(d) || budget.steps-- <= 0) return false;
  const terms = termsOf(d);
  if (lowerBound(terms, budget) >= 0) return true;
  return terms.some((term) => isNonNegativeReplacing(d, term, budget));
}

function lowerBound(terms: readonly DimTerm[], budget: Budget): number {
  let bound = 0;
  for (const { coefficient, atoms } of terms) {
    if (atoms.length > 0 && coefficient < 0) return -Infinity;
    let product = coefficient;
    for (const atom of atoms) {
      const least = lowerBoundOfAtom(atom, budget);
      if (least < 0) return -Infinity;
      product *= least;
    }
    bound += product;
  }
  return bound;
}

function lowerBoundOfAtom(atom: DimAtom, budget: Budget): number {
  if (atom.kind === "symbol") return isElementName(atom.name) ? -Infinity : 0;
  if (budget.steps-- <= 0) return -Infinity;
  const bounds = atom.args.map((arg) => Math.floor(lowerBound(termsOf(arg), budget) / divisorOf(arg)));
  const [first = -Infinity, second = -Infinity] = bounds;
  if (atom.kind === "floor") {
    const divisor = atom.args[1];
    if (typeof divisor === "number") return Math.floor(first / divisor);
    return first >= 0 && second >= 0 ? 0 : -Infinity;
  }
  return atom.kind === "max" ? Math.max(...bounds) : Math.min(...bounds);
}

/** Tries d with a lone atom replaced by a bound of it that makes d smaller, where such a bound is known. */
function isNonNegativeReplacing(d: Dim, term: DimTerm, budget: Budget): boolean {
  const [atom] = term.atoms;
  if (atom === undefined || term.atoms.length > 1 || atom.kind === "symbol" || atom.kind === "broadcast") return false;
  const rest = subDims(d, dimOf([term]));
  const positive = term.coefficient > 0;
  if (atom.kind === "floor") {
    const [numerator = 0, divisor] = atom.args;
    if (typeof divisor !== "number") return false;
    const bound = positive ? subDims(numerator, divisor - 1) : numerator;
    return isNonNegative(addScaled(addScaled(0, rest, divisor), bound, term.coefficient), budget);
  }
  const holds = (arg: Dim) => isNonNegative(addScaled(rest, arg, term.coefficient), budget);
  return positive === (atom.kind === "max") ? atom.args.some(holds) : atom.args.every(holds);
}
