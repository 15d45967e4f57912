/** Division of dims: exact where it can be seen to be, else a floor atom in normal form. */
import { dimAtLeast, isAtLeast } from "./dim-bounds.ts";
import type { Dim, DimAtom, DimTerm } from "./dim-expr.ts";
import {
  addDims,
  addScaled,
  compareAtoms,
  contentOf,
  dimEquals,
  dimOf,
  dimOfAtom,
  dimToString,
  divisorOf,
  exactDivNumber,
  gcd,
  isUnknownDim,
  mulDims,
  numeratorOf,
  subDims,
  termsOf,
  unknownDim,
} from "./dim-expr.ts";

const floorMod = (a: number, b: number): number => {
  const rest = a % b;
  return (rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest) + 0;
};

/** The greatest integer not above a / b, for safe integers (a / b itself may round up to it). */
const floorQuotient = (a: number, b: number): number => (a - floorMod(a, b)) / b + 0;

/** The greatest integer not above a / b. Division by 0 gives unknownDim. */
export function floorDivDims(a: Dim, b: Dim): Dim {
  if (b === 0 || isUnknownDim(a) || isUnknownDim(b)) return unknownDim;
  if (b === 1 || a === 0) return a;
  if (typeof b === "number" && b < 0) return floorDivDims(addScaled(0, a, -1), -b);
  if (divisorOf(a) !== 1 || divisorOf(b) !== 1) {
    return floorDivDims(mulDims(numeratorOf(a), divisorOf(b)), mulDims(numeratorOf(b), divisorOf(a)));
  }
  if (typeof a === "number" && typeof b === "number") return floorQuotient(a, b);
  return typeof b === "number" ? floorDivByNumber(a, b) : floorDivBySymbolic(a, b);
}

/**
 * a / b where the quotient is known to be whole, as Reshape and Split promise. 2*(N/2) is N again. Numbers that do not divide
 * give unknownDim.
 */
export function exactDivDims(a: Dim, b: Dim): Dim {
  if (b === 0 || isUnknownDim(a) || isUnknownDim(b)) return unknownDim;
  if (typeof b === "number") return exactDivNumber(addScaled(0, a, Math.sign(b)), Math.abs(b));
  return exactQuotient(a, b) ?? floorDivDims(a, b);
}

/** The least integer not below a / b. */
export function ceilDivDims(a: Dim, b: Dim): Dim {
  return addScaled(0, floorDivDims(addScaled(0, a, -1), b), -1);
}

/** a - b * floor(a / b): the remainder with the sign of b. */
export function modDims(a: Dim, b: Dim): Dim {
  if (typeof a === "number" && typeof b === "number" && b !== 0) return floorMod(a, b);
  return subDims(a, mulDims(b, floorDivDims(a, b)));
}

/** floor(a / b) for an integer polynomial a and a number b > 1. */
function floorDivByNumber(a: Dim, b: number): Dim {
  const whole = termsOf(a).map((t) => ({ ...t, coefficient: wholePart(t, b) }));
  const rest = termsOf(a).map((t, i) => ({ ...t, coefficient: t.coefficient - b * (whole[i]?.coefficient ?? 0) }));
  return addDims(dimOf(whole), floorOfRest(dimOf(rest), b));
}

/** How many b to take out of a coefficient: all of the constant's, so that it ends in [0, b); for others as keeps their sign. */
const wholePart = ({ coefficient, atoms }: DimTerm, b: number): number =>
  atoms.length === 0 ? floorQuotient(coefficient, b) : (coefficient - (coefficient % b)) / b;

function floorOfRest(a: Dim, b: number): Dim {
  if (typeof a === "number") return floorQuotient(a, b);
  if (isUnknownDim(a)) return unknownDim;
  if (startsWithMinus(a)) return addScaled(0, floorDivDims(subDims(b - 1, a), b), -1);
  const symbolic = a.terms.filter((t) => t.atoms.length > 0);
  const common = gcd(contentOf(symbolic), b);
  if (common > 1) {
    const constant = subDims(a, dimOf(symbolic));
    const reduced = addDims(exactDivNumber(dimOf(symbolic), common), floorDivDims(constant, common));
    return floorDivDims(reduced, b / common);
  }
  return floorOfFloor(a, b) ?? floorWithinOne(a, b) ?? floorAtom(a, b);
}

/** floor((floor(x/c) + y) / b) = floor((x + c*y) / (b*c)). */
function floorOfFloor(a: Dim, b: number): Dim | undefined {
  const floors = termsOf(a).filter((t) => t.atoms.some((atom) => atom.kind === "floor"));
  const [term] = floors;
  const [atom] = term?.atoms ?? [];
  if (floors.length !== 1 || term?.coefficient !== 1 || term.atoms.length !== 1) return undefined;
  if (atom?.kind !== "floor") return undefined;
  const [x = 0, c] = atom.args;
  if (typeof c !== "number" || !Number.isSafeInteger(b * c)) return undefined;
  return floorDivDims(addScaled(x, subDims(a, dimOf([term])), c), b * c);
}

const startsWithMinus = (d: Dim): boolean => (termsOf(d)[0]?.coefficient ?? 0) < 0;

/** 0 where a is certainly in [0, b). */
const floorWithinOne = (a: Dim, b: Dim): Dim | undefined =>
  dimAtLeast(a, 0) && isAtLeast(subDims(b, 1), a) ? 0 : undefined;

function floorAtom(a: Dim, b: Dim): Dim {
  const above = isOneTerm(a) ? dimToString(a) : `(${dimToString(a)})`;
  const below = isOneFactor(b) ? dimToString(b) : `(${dimToString(b)})`;
  const text = `floor(${above}/${below})`;
  return dimOfAtom({ kind: "floor", args: [a, b], text });
}

const isOneTerm = (d: Dim): boolean => termsOf(d).length <= 1;

const isOneFactor = (d: Dim): boolean =>
  typeof d === "number" || (isOneTerm(d) && d.terms[0]?.coefficient === 1 && d.terms[0].atoms.length === 1);

/** floor(a / b) for integer polynomials, b with a symbol. */
function floorDivBySymbolic(a: Dim, b: Dim): Dim {
  const exact = exactQuotient(a, b);
  if (exact !== undefined) return exact;
  const { quotient, rest } = splitByTerm(a, b);
  if (quotient.length > 0) return addDims(dimOf(quotient), floorDivDims(dimOf(rest), b));
  const shared = commonFactor([...termsOf(a), ...termsOf(b)]);
  const x = exactQuotient(a, dimOf([shared])) ?? a;
  const y = exactQuotient(b, dimOf([shared])) ?? b;
  if (!dimEquals(y, b)) return floorDivDims(x, y);
  return floorWithinOne(x, y) ?? signedFloorAtom(x, y);
}

/** A floor atom whose numerator does not begin with a minus: floor(-a/b) = -floor((a+b-1)/b) for b > 0. */
function signedFloorAtom(a: Dim, b: Dim): Dim {
  const negated = subDims(subDims(b, 1), a);
  if (!startsWithMinus(a) || startsWithMinus(negated) || !dimAtLeast(b, 0)) return floorAtom(a, b);
  return addScaled(0, floorDivDims(negated, b), -1);
}

/** The terms of a that a one-term b divides, divided, and the others. */
function splitByTerm(a: Dim, b: Dim): { quotient: DimTerm[]; rest: DimTerm[] } {
  const [divisor, ...others] = termsOf(b);
  const quotient: DimTerm[] = [];
  const rest: DimTerm[] = [];
  for (const term of termsOf(a)) {
    const divided = divisor === undefined || others.length > 0 ? undefined : divideTerm(term, divisor);
    if (divided === undefined) rest.push(term);
    else quotient.push(divided);
  }
  return { quotient, rest };
}

/** The greatest term that divides all of these. */
function commonFactor(terms: readonly DimTerm[]): DimTerm {
  const [first, ...others] = terms.map((t) => t.atoms);
  let atoms = first ?? [];
  for (const other of others) {
    const left = [...other];
    atoms = atoms.filter((atom) => removeAtom(left, atom));
  }
  return { coefficient: contentOf(terms), atoms };
}

function removeAtom(from: DimAtom[], atom: DimAtom): boolean {
  const at = from.findIndex((other) => other.text === atom.text);
  if (at >= 0) from.splice(at, 1);
  return at >= 0;
}

/** a / b as a term, or undefined when b does not divide it. */
function divideTerm(a: DimTerm, b: DimTerm): DimTerm | undefined {
  if (a.coefficient % b.coefficient !== 0) return undefined;
  const atoms = [...a.atoms];
  if (!b.atoms.every((atom) => removeAtom(atoms, atom))) return undefined;
  return { coefficient: a.coefficient / b.coefficient, atoms };
}

/** The polynomial q with q * b = a, or undefined when there is none: long division by the leading term. */
function exactQuotient(a: Dim, b: Dim): Dim | undefined {
  const [lead] = termsOf(b);
  if (lead === undefined) return undefined;
  let rest = numeratorOf(a);
  let quotient: Dim = 0;
  const divisor = numeratorOf(b);
  for (let step = 0; rest !== 0; step++) {
    const [top] = termsOf(rest);
    const term = top === undefined || step > 200 ? undefined : divideTerm(top, lead);
    if (term === undefined) return undefined;
    quotient = addDims(quotient, dimOf([term]));
    const next = subDims(rest, mulDims(dimOf([term]), divisor));
    if (isUnknownDim(next) || (next !== 0 && compareLeads(next, rest) <= 0)) return undefined;
    rest = next;
  }
  return exactDivNumber(mulDims(quotient, divisorOf(b)), divisorOf(a));
}

const compareLeads = (a: Dim, b: Dim): number => compareAtoms(termsOf(a)[0]?.atoms ?? [], termsOf(b)[0]?.atoms ?? []);
