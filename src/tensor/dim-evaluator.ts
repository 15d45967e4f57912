/** Dims that are computed again and again, for other values of their symbols. */
import type { Dim, DimAtom, DimTerm } from "./dim-expr.ts";
import { divisorOf, isUnknownDim, termsOf } from "./dim-expr.ts";

/** The size for values of symbols, which come in an order of their own; NaN where there is none, or a step goes beyond 2^53. */
export type DimEvaluator = (values: ArrayLike<number>) => number;

/** What bindDim does, made ready for one dim. A symbol that is not in `symbols` gives NaN. */
export function dimEvaluator(d: Dim, symbols: readonly string[]): DimEvaluator {
  if (isUnknownDim(d)) return () => Number.NaN;
  const terms = termsOf(d).map((term) => termEvaluator(term, symbols));
  const divisor = divisorOf(d);
  return (values) => {
    let sum = 0;
    for (const term of terms) sum = safe(sum + term(values));
    return safe(sum / divisor);
  };
}

const safe = (value: number): number => (Number.isSafeInteger(value) ? value : Number.NaN);

function termEvaluator({ coefficient, atoms }: DimTerm, symbols: readonly string[]): DimEvaluator {
  const factors = atoms.map((atom) => atomEvaluator(atom, symbols));
  return (values) => {
    let product = coefficient;
    for (const factor of factors) product = safe(product * factor(values));
    return product;
  };
}

function atomEvaluator(atom: DimAtom, symbols: readonly string[]): DimEvaluator {
  if (atom.kind === "symbol") {
    const at = symbols.indexOf(atom.name);
    return (values) => values[at] ?? Number.NaN;
  }
  const args = atom.args.map((arg) => dimEvaluator(arg, symbols));
  const combine = combiners[atom.kind];
  return (values) => args.map((arg) => arg(values)).reduce(combine);
}

const combiners = {
  min: (a: number, b: number): number => Math.min(a, b),
  max: (a: number, b: number): number => Math.max(a, b),
  broadcast: (a: number, b: number): number => (a === 1 || a === b ? b : b === 1 ? a : Number.NaN),
  floor: (a: number, b: number): number => (b === 0 ? Number.NaN : (a - floorMod(a, b)) / b),
} as const;

/** The rest with the sign of b: exact, which a / b is not. */
function floorMod(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}
