import type { Builder } from "../ir/builder.ts";
import { integerQuotient } from "../ir/math/integer-quotient.ts";
import type { Node } from "../ir/node.ts";
import { dimAtLeast, modDims, unknownDim } from "../tensor/dim.ts";
import { isFloat } from "../tensor/dtype.ts";
import { binary } from "./binary.ts";

type Settings = {
  readonly truncated?: boolean;
};

const withSignOf = (b: number, rest: number, truncated: boolean): number =>
  truncated || rest === 0 || rest < 0 === b < 0 ? rest : rest + b;

function bigRest(a: bigint, b: bigint, { truncated = false }: Settings): bigint {
  if (b === 0n) return 0n;
  const rest = a % b;
  return truncated || rest === 0n || rest < 0n === b < 0n ? rest : rest + b;
}

function emitRest(
  k: Builder,
  { a, b, truncated }: { readonly a: Node; readonly b: Node; readonly truncated: boolean },
) {
  const { rest } = integerQuotient(k, a, b);
  if (truncated) return rest;
  const differs = k.and(k.ne(rest, 0), k.lt(k.xor(rest, b), 0));
  return k.select(differs, k.iadd(rest, b), rest);
}

/** The rest of a / b with the sign of b, or with the sign of a when `truncated` (as C's fmod). An integer modulo 0 is 0. */
export const mod = binary<Settings>("mod", {
  eval: (a, b, { truncated = false }) => withSignOf(b, a % b, truncated),
  emit: (k, [a, b], { truncated = false }, { result }) =>
    isFloat(result) ? undefined : emitRest(k, { a, b, truncated }),
  evalBig: bigRest,
  dim: (a, b) => (dimAtLeast(a, 0) && dimAtLeast(b, 1) ? modDims(a, b) : unknownDim),
  examples: [
    [5.5, 2, 1.5],
    [-5.5, 2, 0.5],
    [5.5, -2, -0.5],
    [-5.5, 2, -1.5, { truncated: true }],
    [5.5, -2, 1.5, { truncated: true }],
    [6, 3, 0],
    [1, 0, Number.NaN],
  ],
});
