/** Minimum, maximum and broadcasting of dims: the smaller, the greater, the one that is not 1. */
import { dimAtLeast, isAtLeast } from "./dim-bounds.ts";
import type { Dim, DimAtom, DimExpr, DimFunction, DimTerm } from "./dim-expr.ts";
import {
  addDims,
  addScaled,
  contentOf,
  dimEquals,
  dimOfAtom,
  dimToString,
  divisorOf,
  exactDivNumber,
  gcd,
  isUnknownDim,
  mulDims,
  termsOf,
  unknownDim,
} from "./dim-expr.ts";

/** The smaller of two dims. A number beyond 2^53 stands for "no bound". */
export const minDims = (a: Dim, b: Dim): Dim => extremum("min", a, b);

/** The greater of two dims. A number below -2^53 stands for "no bound". */
export const maxDims = (a: Dim, b: Dim): Dim => extremum("max", a, b);

function extremum(kind: "min" | "max", a: Dim, b: Dim): Dim {
  if (typeof a === "number" && typeof b === "number") return Math[kind](a, b);
  const limit = kind === "min" ? Number.MAX_SAFE_INTEGER : -Number.MAX_SAFE_INTEGER;
  if (typeof a === "number" && Math[kind](a, limit) === limit) return b;
  if (typeof b === "number" && Math[kind](b, limit) === limit) return a;
  if (isUnknownDim(a) || isUnknownDim(b)) return unknownDim;
  const args = extremes(kind, [...flattened(kind, a), ...flattened(kind, b)]);
  const [only] = args;
  return args.length === 1 && only !== undefined ? only : normalExtremum(kind, args);
}

/** The arguments without those that another one certainly beats. */
function extremes(kind: "min" | "max", args: readonly Dim[]): Dim[] {
  const kept: Dim[] = [];
  for (const arg of args) {
    const beats = (x: Dim, y: Dim) => (kind === "min" ? isAtLeast(y, x) : isAtLeast(x, y));
    if (kept.some((other) => beats(other, arg))) continue;
    const rest = kept.filter((other) => !beats(arg, other));
    kept.splice(0, kept.length, ...rest, arg);
  }
  return kept;
}

/** min and max with what is common to all arguments taken out: min(2*N+1,9)/3 = (2*min(N,4)+1)/3. */
function normalExtremum(kind: "min" | "max", args: readonly Dim[]): Dim {
  const divisor = args.reduce<number>((all, arg) => (all / gcd(all, divisorOf(arg))) * divisorOf(arg), 1);
  const numerators = args.map((arg) => mulDims(arg, divisor));
  if (numerators.some(isUnknownDim)) return unknownDim;
  const offset = Math.min(...numerators.map(constantOf));
  const shifted = numerators.map((arg) => addDims(arg, -offset));
  const common = shifted.reduce<number>((all, arg) => gcd(all, contentOf(termsOf(arg))), 0);
  const atom = dimOfAtom(
    functionAtom(
      kind,
      shifted.map((arg) => exactDivNumber(arg, common)),
    ),
  );
  return exactDivNumber(addScaled(offset, atom, common), divisor);
}

const constantOf = (d: Dim): number => termsOf(d).find((term) => term.atoms.length === 0)?.coefficient ?? 0;

/** The dims whose min (or max) d is: more than one where d is a positive multiple of such an atom plus a constant. */
function flattened(kind: "min" | "max", d: Dim): readonly Dim[] {
  const [term, constant, ...others] = termsOf(d);
  const args = term === undefined || term.coefficient < 0 ? undefined : argsOf(kind, term);
  if (term === undefined || args === undefined || others.length > 0) return [d];
  if (constant !== undefined && constant.atoms.length > 0) return [d];
  const scaled = args.map((arg) => addScaled(constant?.coefficient ?? 0, arg, term.coefficient));
  return scaled.map((arg) => exactDivNumber(arg, divisorOf(d)));
}

/** The arguments of the atom that is all there is in a term, if it is of this kind. */
function argsOf(kind: DimFunction, { atoms: [atom, ...others] }: DimTerm): readonly Dim[] | undefined {
  if (atom === undefined || atom.kind === "symbol" || atom.kind !== kind || others.length > 0) return undefined;
  return atom.args;
}

/** An atom over arguments whose order does not matter: expressions first, each once. */
function functionAtom(kind: DimFunction, args: readonly Dim[]): DimAtom {
  const byText = new Map(args.map((arg) => [dimToString(arg), arg]));
  const sorted = [...byText].sort(([x, a], [y, b]) => {
    const numbersLast = Number(typeof a === "number") - Number(typeof b === "number");
    return numbersLast !== 0 ? numbersLast : x < y ? -1 : 1;
  });
  const text = `${kind}(${sorted.map(([name]) => name).join(",")})`;
  return { kind, args: sorted.map(([, arg]) => arg), text };
}

/**
 * The dim that numpy's rule gives for an axis where operands have a and b: the other one where one is 1. A number other than
 * 1 beside an expression gives the number (the expression must be that or 1). Undefined when two different known numbers
 * meet, neither 1. Two expressions of which nothing is known give a broadcast atom.
 */
export function broadcastDims(a: Dim, b: Dim): Dim | undefined {
  if (a === 1 || dimEquals(a, b)) return b;
  if (b === 1) return a;
  if (typeof a === "number") return typeof b === "number" ? undefined : a;
  if (typeof b === "number") return b;
  if (isUnknownDim(a) || isUnknownDim(b)) return unknownDim;
  if (dimAtLeast(a, 2) !== dimAtLeast(b, 2)) return dimAtLeast(a, 2) ? a : b;
  const uncapped = withoutCap(a, b) ?? withoutCap(b, a);
  if (uncapped !== undefined) return uncapped;
  const args = [...partners(a), ...partners(b)];
  return dimOfAtom(functionAtom("broadcast", args));
}

/** The dims whose broadcast d is. */
function partners(d: DimExpr): readonly Dim[] {
  const [term, ...others] = d.terms;
  if (term === undefined || others.length > 0 || term.coefficient !== 1 || d.divisor !== 1) return [d];
  return argsOf("broadcast", term) ?? [d];
}

/** b where a is min(b, dims of at least 2): the two only broadcast where the minimum is b itself. */
function withoutCap(a: Dim, b: Dim): Dim | undefined {
  const args = flattened("min", a);
  const caps = args.filter((arg) => !dimEquals(arg, b));
  return caps.length < args.length && caps.every((cap) => dimAtLeast(cap, 2)) ? b : undefined;
}

/** The functions of dims whose arguments' order does not matter, two arguments at a time. */
export const combiners = {
  min: minDims,
  max: maxDims,
  broadcast: (a: Dim, b: Dim): Dim => broadcastDims(a, b) ?? unknownDim,
};
