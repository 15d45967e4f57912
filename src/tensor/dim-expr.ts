/**
 * The normal form of a symbolic dim: a sum of integer multiples of atoms' products, over one positive divisor.
 * Sums and products live here; division, min, max and broadcasting, which make new atoms, live beside it.
 */

/** The size of one axis: a known integer, or an expression over symbols. Compare with dimEquals, never with ===. */
export type Dim = number | DimExpr;

/** An immutable expression in normal form. Equal normal forms have equal `text`. Build one with the functions of dim.ts. */
export interface DimExpr {
  /** Highest degree first, the constant last; no two with the same atoms, no zero coefficient. */
  readonly terms: readonly DimTerm[];
  /** The sum of the terms is known to be a multiple of this (see exactDivDims); 1 for most expressions. */
  readonly divisor: number;
  /** The canonical print, which parseDim reads back. */
  readonly text: string;
}

export interface DimTerm {
  readonly coefficient: number;
  /** Sorted by text; an atom that occurs twice is squared. Empty for the constant term. */
  readonly atoms: readonly DimAtom[];
}

/** Functions of two or more dims whose order does not matter. */
export type DimFunction = "min" | "max" | "broadcast";

/** What a polynomial treats as one unknown. `floor` has the arguments of a division. */
export type DimAtom =
  | { readonly kind: "symbol"; readonly name: string; readonly text: string }
  | { readonly kind: "floor" | DimFunction; readonly args: readonly Dim[]; readonly text: string };

/** A dim of which nothing is known. Never equal to anything, itself included; arithmetic with it gives it back. */
export const unknownDim: DimExpr = Object.freeze({ terms: [], divisor: 1, text: "?" });

export const isUnknownDim = (d: Dim): boolean => typeof d !== "number" && d.text === "?";

/** Beyond these an expression is worth no more than "unknown", and a hostile file could make it grow without end. */
const maxTerms = 200;
const maxTextLength = 4000;

const plainName = /^[\p{L}_][\p{L}\p{N}_.]*(?:\[\d+\])?$/u;
const elementName = /\[\d+\]$/;

/** The name of the symbol for an element of an integer input: `total[0]`. A scalar has one element. */
export const nameOfElement = (input: string, index: number): string => `${input}[${index}]`;

/** True for names as nameOfElement makes them: such symbols may stand for any integer. */
export const isElementName = (name: string): boolean => name.endsWith("]") && elementName.test(name);

/** A dim that is known by its name alone and is at least 0, but for those of elements. Names that are no identifiers print in double quotes. */
export function symbol(name: string): DimExpr {
  const text = plainName.test(name) ? name : JSON.stringify(name);
  return { terms: [{ coefficient: 1, atoms: [{ kind: "symbol", name, text }] }], divisor: 1, text };
}

/** The expression that consists of one atom. @internal */
export const dimOfAtom = (atom: DimAtom): Dim => dimOf([{ coefficient: 1, atoms: [atom] }]);

/** The terms of a known dim's numerator. @internal */
export function termsOf(d: Dim): readonly DimTerm[] {
  if (typeof d !== "number") return d.terms;
  return d === 0 ? [] : [{ coefficient: d, atoms: [] }];
}

/** @internal */
export const divisorOf = (d: Dim): number => (typeof d === "number" ? 1 : d.divisor);

/** The dim without its divisor. @internal */
export const numeratorOf = (d: Dim): Dim => (divisorOf(d) === 1 ? d : dimOf(termsOf(d)));

/** @internal */
export function gcd(a: number, b: number): number {
  let x = Math.abs(a);
  let y = Math.abs(b);
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}

/** The greatest integer that divides every coefficient; 0 when there is no term. @internal */
export const contentOf = (terms: readonly DimTerm[]): number =>
  terms.reduce((content, term) => gcd(content, term.coefficient), 0);

/** Graded lexicographic order, the greater first: what polynomial division needs, and the order of printing. @internal */
export function compareAtoms(a: readonly DimAtom[], b: readonly DimAtom[]): number {
  if (a.length !== b.length) return b.length - a.length;
  for (let i = 0; i < a.length; i++) {
    const x = a[i]?.text ?? "";
    const y = b[i]?.text ?? "";
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

const textOfAtoms = (atoms: readonly DimAtom[]): string => atoms.map((atom) => atom.text).join("*");

function textOfTerm({ coefficient, atoms }: DimTerm): string {
  if (atoms.length === 0) return String(coefficient);
  if (Math.abs(coefficient) === 1) return (coefficient < 0 ? "-" : "") + textOfAtoms(atoms);
  return `${coefficient}*${textOfAtoms(atoms)}`;
}

function textOfTerms(terms: readonly DimTerm[], divisor: number): string {
  const sum = terms.map(textOfTerm).join("+").replaceAll("+-", "-");
  if (divisor === 1) return sum;
  return terms.length === 1 ? `${sum}/${divisor}` : `(${sum})/${divisor}`;
}

function collectTerms(terms: readonly DimTerm[]): DimTerm[] {
  const byAtoms = new Map<string, DimTerm>();
  for (const term of terms) {
    const key = textOfAtoms(term.atoms);
    const coefficient = (byAtoms.get(key)?.coefficient ?? 0) + term.coefficient;
    byAtoms.set(key, { coefficient, atoms: term.atoms });
  }
  return [...byAtoms.values()].filter((term) => term.coefficient !== 0).sort((a, b) => compareAtoms(a.atoms, b.atoms));
}

/**
 * The normal form of a sum of terms (like ones are gathered) over a positive divisor; unknownDim when it grows out of bounds or
 * is no integer.
 * @internal
 */
export function dimOf(terms: readonly DimTerm[], divisor = 1): Dim {
  const collected = collectTerms(terms);
  if (collected.length === 0) return 0;
  if (collected.length > maxTerms) return unknownDim;
  if (!collected.every((term) => Number.isSafeInteger(term.coefficient))) return unknownDim;
  const common = gcd(contentOf(collected), divisor);
  const reduced = common === 1 ? collected : collected.map((t) => ({ ...t, coefficient: t.coefficient / common }));
  const rest = divisor / common;
  if (!Number.isSafeInteger(rest)) return unknownDim;
  if (reduced.length === 1 && reduced[0]?.atoms.length === 0) return rest === 1 ? reduced[0].coefficient : unknownDim;
  const text = textOfTerms(reduced, rest);
  return text.length > maxTextLength ? unknownDim : { terms: reduced, divisor: rest, text };
}

const safe = (value: number): Dim => (Number.isSafeInteger(value) ? value + 0 : unknownDim);

const scaleTerms = (terms: readonly DimTerm[], factor: number): DimTerm[] =>
  terms.map((term) => ({ coefficient: term.coefficient * factor, atoms: term.atoms }));

/** a + factor * b, for an integer factor. @internal */
export function addScaled(a: Dim, b: Dim, factor: number): Dim {
  if (typeof a === "number" && typeof b === "number") return safe(a + factor * b);
  if (isUnknownDim(a) || isUnknownDim(b)) return unknownDim;
  const divisor = (divisorOf(a) / gcd(divisorOf(a), divisorOf(b))) * divisorOf(b);
  const left = scaleTerms(termsOf(a), divisor / divisorOf(a));
  const right = scaleTerms(termsOf(b), (divisor / divisorOf(b)) * factor);
  return dimOf([...left, ...right], divisor);
}

/** a + b. Results that leave the exact integers (2^53) are unknownDim, here and in all dim arithmetic. */
export const addDims = (a: Dim, b: Dim): Dim => addScaled(a, b, 1);

/** a - b. */
export const subDims = (a: Dim, b: Dim): Dim => addScaled(a, b, -1);

/** The product of two lists of atoms. @internal */
export const mergeAtoms = (a: readonly DimAtom[], b: readonly DimAtom[]): readonly DimAtom[] =>
  a.length === 0
    ? b
    : b.length === 0
      ? a
      : [...a, ...b].sort((x, y) => (x.text < y.text ? -1 : x.text > y.text ? 1 : 0));

/** a * b; 0 when either is 0, even if the other is unknown. */
export function mulDims(a: Dim, b: Dim): Dim {
  if (a === 0 || b === 0) return 0;
  if (typeof a === "number" && typeof b === "number") return safe(a * b);
  if (isUnknownDim(a) || isUnknownDim(b)) return unknownDim;
  const right = termsOf(b);
  if (termsOf(a).length * right.length > maxTerms * 4) return unknownDim;
  const product = termsOf(a).flatMap((x) =>
    right.map((y) => ({ coefficient: x.coefficient * y.coefficient, atoms: mergeAtoms(x.atoms, y.atoms) })),
  );
  return dimOf(product, divisorOf(a) * divisorOf(b));
}

/** d / n for a number n > 0, where the quotient is known to be whole. @internal */
export const exactDivNumber = (d: Dim, n: number): Dim =>
  isUnknownDim(d) ? unknownDim : dimOf(termsOf(d), divisorOf(d) * n);

/** The product of all dims: 1 for none. */
export const productOfDims = (dims: readonly Dim[]): Dim =>
  dims.some((d) => d === 0) ? 0 : dims.reduce<Dim>(mulDims, 1);

/** True when both are certainly the same size. False says only that this is not known. */
export const dimEquals = (a: Dim, b: Dim): boolean =>
  typeof a === "number" || typeof b === "number" ? a === b : a.text === b.text && a.text !== "?";

/** The text that formatShape and dumps show: `T+1`, `2*N`, `floor(N/2)`, `min(N,4)`, `?`. parseDim reads it back. */
export const dimToString = (d: Dim): string => (typeof d === "number" ? String(d) : d.text);
