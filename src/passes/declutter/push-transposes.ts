import { like } from "../../graph/construct.ts";
import { $, bind, oneOf } from "../../graph/pattern.ts";
import type { Rule } from "../../graph/rule.ts";
import { rule } from "../../graph/rule.ts";
import type { Value } from "../../graph/value.ts";
import { div } from "../../ops/div.ts";
import { mul } from "../../ops/mul.ts";
import { reshape } from "../../ops/reshape.ts";
import { transpose } from "../../ops/transpose.ts";
import type { Dim } from "../../tensor/dim.ts";
import { dimEquals } from "../../tensor/dim.ts";
import { sameType } from "../same-type.ts";
import { scalarNumber } from "../scalar-number.ts";
import { shapeOf } from "../shape-of.ts";

const permutationOf = (value: Value): readonly number[] => value.attributes["permutation"] as readonly number[];

/**
 * The permutation that does the same to x as reshape(transpose(reshape(x))), where the first reshape merges leading axes, the transpose
 * leaves the merged axis in front and the last reshape splits it as it was. `y` is the transpose.
 */
function permutationAround(x: Value, y: Value, whole: Value): readonly number[] | undefined {
  const [from, merged, to] = [shapeOf(x), shapeOf(y.operands[0] as Value), shapeOf(whole)];
  const [first, ...others] = permutationOf(y);
  if (from === undefined || merged === undefined || to?.length !== from.length || first !== 0) return undefined;
  const lead = from.length - others.length;
  if (lead < 1) return undefined;
  const isKept = others.every((_axis, i) => dimEquals(from[lead + i] as Dim, merged[1 + i] as Dim));
  const permutation = [...Array.from({ length: lead }, (_unused, i) => i), ...others.map((axis) => axis - 1 + lead)];
  const fits = permutation.every((axis, i) => dimEquals(to[i] as Dim, from[axis] as Dim));
  return isKept && fits ? permutation : undefined;
}

/** Transposes brought next to others, where they merge. */
export const pushTransposes: readonly Rule[] = [
  rule({
    name: "push-transpose-through-scale",
    match: like(transpose, bind("y", oneOf(mul($.x, $.a), div($.x, $.a)))),
    when: ({ x, y, a }) => sameType(x, y) && scalarNumber(a) !== undefined,
    replace: ({ x, y, a }, whole) => {
      const moved = transpose(x, { permutation: permutationOf(whole) });
      return y.op === div ? div(moved, a) : mul(moved, a);
    },
    example: "transpose(mul(x, 0.5), {permutation: [0, 2, 1]}) => mul(transpose(x, {permutation: [0, 2, 1]}), 0.5)",
  }),
  rule({
    name: "push-transpose-through-reshapes",
    match: like(reshape, bind("y", like(transpose, like(reshape, $.x, $.a))), $.b),
    when: ({ x, y }, whole) => permutationAround(x, y, whole) !== undefined,
    replace: ({ x, y }, whole) => transpose(x, { permutation: permutationAround(x, y, whole) as number[] }),
    shared: true,
    example:
      "x: f32[B,4,S,8], reshape(transpose(reshape(x, [4*B, S, 8]), {permutation: [0, 2, 1]}), [B, 4, 8, S]) => transpose(x, {permutation: [0, 1, 3, 2]})",
  }),
];
