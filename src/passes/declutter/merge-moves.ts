import { like } from "../../graph/construct.ts";
import { dims } from "../../graph/leaves.ts";
import { $, bind, oneOf } from "../../graph/pattern.ts";
import type { Rule } from "../../graph/rule.ts";
import { rule } from "../../graph/rule.ts";
import type { Value } from "../../graph/value.ts";
import { cast } from "../../ops/cast.ts";
import { reshape } from "../../ops/reshape.ts";
import { squeeze } from "../../ops/squeeze.ts";
import { transpose } from "../../ops/transpose.ts";
import { unsqueeze } from "../../ops/unsqueeze.ts";
import { isUnknownDim } from "../../tensor/dim.ts";
import { dtypeOf } from "../dtype-of.ts";
import { isWidening } from "./widenings.ts";

/** The shape of a tensor where every dim of it is known, as the operand of a reshape. */
function shapeLiteral({ type }: Value): Value | undefined {
  if (type.kind !== "tensor" || type.shape === undefined || type.shape.some(isUnknownDim)) return undefined;
  return dims(type.shape);
}

/** Two movements, or two casts, in a row as one. */
export const mergeMoves: readonly Rule[] = [
  rule({
    name: "merge-reshapes",
    match: [
      like(reshape, oneOf(like(reshape, $.x, $.a), like(squeeze, $.x, $.a), like(unsqueeze, $.x, $.a)), $.b),
      like(squeeze, oneOf(like(reshape, $.x, $.a), like(unsqueeze, $.x, $.a)), $.b),
      like(unsqueeze, oneOf(like(reshape, $.x, $.a), like(squeeze, $.x, $.a)), $.b),
    ],
    when: (_bound, root) => shapeLiteral(root) !== undefined,
    replace: ({ x }, root) => reshape(x, shapeLiteral(root) as Value),
    shared: true,
    example: "reshape(reshape(x, [6, 4]), [3, 8]) => reshape(x, [3, 8])",
  }),
  rule({
    name: "merge-transposes",
    match: like(transpose, bind("y", like(transpose, $.x))),
    replace({ x, y }, root) {
      const [outer, inner] = [root, y].map((value) => value.attributes["permutation"] as readonly number[]) as [
        readonly number[],
        readonly number[],
      ];
      return transpose(x, { permutation: outer.map((axis) => inner[axis] as number) });
    },
    shared: true,
    example:
      "transpose(transpose(x, {permutation: [1, 2, 0]}), {permutation: [1, 0, 2]}) => transpose(x, {permutation: [2, 1, 0]})",
  }),
  rule({
    name: "merge-casts",
    match: like(cast, bind("y", like(cast, $.x))),
    when: ({ x, y }) => isWidening(dtypeOf(x), dtypeOf(y)),
    replace: ({ x }, root) => cast(x, root.attributes as never),
    shared: true,
    example: 'cast(cast(x, {to: "f64"}), {to: "i32"}) => cast(x, {to: "i32"})',
  }),
];
