import { like } from "../../graph/construct.ts";
import { knownNumbers } from "../../graph/known-dims.ts";
import { $ } from "../../graph/pattern.ts";
import type { Rule } from "../../graph/rule.ts";
import { rule } from "../../graph/rule.ts";
import type { Value } from "../../graph/value.ts";
import { cast } from "../../ops/cast.ts";
import { concat } from "../../ops/concat.ts";
import { expand } from "../../ops/expand.ts";
import { reshape } from "../../ops/reshape.ts";
import { slice } from "../../ops/slice.ts";
import { squeeze } from "../../ops/squeeze.ts";
import { tile } from "../../ops/tile.ts";
import { transpose } from "../../ops/transpose.ts";
import { unsqueeze } from "../../ops/unsqueeze.ts";
import { sameType } from "../same-type.ts";

const keepsType = ({ x }: { readonly x: Value }, root: Value) => sameType(x, root);
const isForward = (steps: Value | undefined) =>
  steps === undefined || steps.type.kind === "absent" || (knownNumbers(steps)?.every((step) => step > 0) ?? false);

/** Movements that leave every element where it is. */
export const dropMoves: readonly Rule[] = [
  rule({
    name: "drop-reshape",
    match: [like(reshape, $.x, $.shape), like(squeeze, $.x, $.axes), like(unsqueeze, $.x, $.axes)],
    when: keepsType,
    replace: ({ x }) => x,
    shared: true,
    example: "reshape(x, [2, 3, 4]) => x",
  }),
  rule({
    name: "drop-expand",
    match: [like(expand, $.x, $.shape), like(tile, $.x, $.shape)],
    when: keepsType,
    replace: ({ x }) => x,
    shared: true,
    example: "expand(x, [3, 1]) => x",
  }),
  rule({
    name: "drop-cast",
    match: like(cast, $.x),
    when: keepsType,
    replace: ({ x }) => x,
    shared: true,
    example: 'cast(x, {to: "f32"}) => x',
  }),
  rule({
    name: "drop-slice",
    match: like(slice, $.x, $.a, $.b, $.axes, $.c),
    when: ({ x, c }, root) => sameType(x, root) && isForward(c),
    replace: ({ x }) => x,
    shared: true,
    example: "slice(x, [0], [4], [2]) => x",
  }),
  rule({
    name: "drop-concat",
    match: like(concat, $.x),
    when: keepsType,
    replace: ({ x }) => x,
    shared: true,
    example: "concat(x, {axis: 1}) => x",
  }),
  rule({
    name: "drop-transpose",
    match: like(transpose, $.x),
    when: (_bound, root) => (root.attributes["permutation"] as readonly number[]).every((axis, i) => axis === i),
    replace: ({ x }) => x,
    shared: true,
    example: "transpose(x, {permutation: [0, 1, 2]}) => x",
  }),
];
