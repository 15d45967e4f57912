/** What dims come to for sizes of their symbols, without their normal form on the way. */
import type { Dim, DimAtom, DimTerm } from "./dim-expr.ts";
import { isUnknownDim } from "./dim-expr.ts";

/** The size for values of symbols, which come in an order of their own; NaN where there is none, or a step goes beyond 2^53. */
export type DimEvaluator = (values: ArrayLike<number>) => number;

/**
 * The size under a binding of symbols: undefined when one is unbound, or when the expression has no whole value (division by 0,
 * operands that do not broadcast, an exact division that leaves a rest) or is beyond 2^53.
 */
export function bindDim(d: Dim, bindings: ReadonlyMap<string, number>): number | undefined {
  if (typeof d === "number") return d;
  const size = evaluate(d, (name) => bindings.get(name));
  return Number.isNaN(size) ? undefined : size;
}

/** bindDim made ready for one dim, whose symbols come in the order of `symbols`; one that is not among them has no value. */
export function dimEvaluator(d: Dim, symbols: readonly string[]): DimEvaluator {
  const places = new Map(symbols.map((name, i) => [name, i]));
  let values: ArrayLike<number> = [];
  const sizeOf = (name: string): number | undefined => values[places.get(name) ?? -1];
  return (given) => {
    values = given;
    return evaluate(d, sizeOf);
  };
}

type SizeOf = (symbol: string) => number | undefined;

function evaluate(d: Dim, sizeOf: SizeOf): number {
  if (typeof d === "number") return d;
  if (isUnknownDim(d)) return Number.NaN;
  let sum = 0;
  for (const term of d.terms) sum = safe(sum + termValue(term, sizeOf));
  return d.divisor === 1 ? sum : safe(sum / d.divisor);
}

const safe = (value: number): number => (Number.isSafeInteger(value) ? value : Number.NaN);

function termValue({ coefficient, atoms }: DimTerm, sizeOf: SizeOf): number {
  let product = coefficient;
  for (const atom of atoms) product = safe(product * atomValue(atom, sizeOf));
  return product + 0;
}

function atomValue(atom: DimAtom, sizeOf: SizeOf): number {
  if (atom.kind === "symbol") return sizeOf(atom.name) ?? Number.NaN;
  const combine = combiners[atom.kind];
  let value = evaluate(atom.args[0] ?? Number.NaN, sizeOf);
  for (let i = 1; i < atom.args.length; i++) value = combine(value, evaluate(atom.args[i] ?? Number.NaN, sizeOf));
  return value;
}

const combiners = {
  min: (a: number, b: number): number => Math.min(a, b),
  max: (a: number, b: number): number => Math.max(a, b),
  broadcast: (a: number, b: number): number => (a === 1 || a === b ? b : b === 1 ? a : Number.NaN),
  floor: (a: number, b: number): number => (b === 0 ? Number.NaN : (a - floorMod(a, b)) / b + 0),
} as const;

/** The rest with the sign of b: exact, which a / b is not. */
function floorMod(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}
