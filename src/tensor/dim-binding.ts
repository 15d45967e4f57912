/** From symbols to sizes: evaluating, substituting and solving dims. */
import { combiners } from "./dim-choice.ts";
import { floorDivDims } from "./dim-division.ts";
import type { Dim, DimAtom } from "./dim-expr.ts";
import {
  addDims,
  dimOfAtom,
  exactDivNumber,
  isUnknownDim,
  mulDims,
  productOfDims,
  termsOf,
  unknownDim,
} from "./dim-expr.ts";

/** The dim with symbols replaced; those without a binding stay. A broadcast that turns out impossible gives unknownDim. */
export function substituteDim(d: Dim, bindings: ReadonlyMap<string, Dim>): Dim {
  if (typeof d === "number" || isUnknownDim(d)) return d;
  const terms = d.terms.map(({ coefficient, atoms }) =>
    mulDims(coefficient, productOfDims(atoms.map((atom) => substituteAtom(atom, bindings)))),
  );
  return exactDivNumber(terms.reduce(addDims, 0), d.divisor);
}

function substituteAtom(atom: DimAtom, bindings: ReadonlyMap<string, Dim>): Dim {
  if (atom.kind === "symbol") return bindings.get(atom.name) ?? dimOfAtom(atom);
  const args = atom.args.map((arg) => substituteDim(arg, bindings));
  if (atom.kind === "floor") return floorDivDims(args[0] ?? unknownDim, args[1] ?? unknownDim);
  const combine = combiners[atom.kind];
  return args.reduce((a, b) => combine(a, b));
}

/** The names of the symbols in a dim, each once, in order of appearance. */
export function symbolsOf(d: Dim): readonly string[] {
  const names = new Set<string>();
  collectSymbols(d, names);
  return [...names];
}

function collectSymbols(d: Dim, names: Set<string>): void {
  for (const atom of termsOf(d).flatMap((term) => term.atoms)) {
    if (atom.kind === "symbol") names.add(atom.name);
    else for (const arg of atom.args) collectSymbols(arg, names);
  }
}

/**
 * Makes d equal to value: where, after the bindings so far, one symbol is left and d is linear in it, that symbol is bound.
 * False when the two cannot be equal for any sizes at least 0; true otherwise, also where nothing could be concluded.
 */
export function solveDim(d: Dim, value: number, bindings: Map<string, number>): boolean {
  const left = substituteDim(d, bindings);
  if (typeof left === "number") return left === value;
  if (isUnknownDim(left)) return true;
  const [first, second, ...others] = left.terms;
  const [atom, ...factors] = first?.atoms ?? [];
  if (first === undefined || atom?.kind !== "symbol" || factors.length > 0) return true;
  if (others.length > 0 || (second !== undefined && second.atoms.length > 0)) return true;
  const solution = (value * left.divisor - (second?.coefficient ?? 0)) / first.coefficient;
  if (!Number.isSafeInteger(solution) || solution < 0) return false;
  bindings.set(atom.name, solution + 0);
  return true;
}
