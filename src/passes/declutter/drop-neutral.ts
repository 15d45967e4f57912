import { $ } from "../../graph/pattern.ts";
import type { Rule } from "../../graph/rule.ts";
import { rule } from "../../graph/rule.ts";
import type { Value } from "../../graph/value.ts";
import { add } from "../../ops/add.ts";
import { and } from "../../ops/and.ts";
import { div } from "../../ops/div.ts";
import { mul } from "../../ops/mul.ts";
import { pow } from "../../ops/pow.ts";
import { sub } from "../../ops/sub.ts";
import { sameType } from "../same-type.ts";

const keep = {
  when: ({ x }: { readonly x: Value }, root: Value) => sameType(x, root),
  shared: true,
};

/** Arithmetic with a neutral constant, where it does not broadcast x to a larger shape. */
export const dropNeutral: readonly Rule[] = [
  rule({ name: "drop-add-zero", match: add($.x, 0), ...keep, replace: ({ x }) => x, example: "add(x, 0) => x" }),
  rule({ name: "drop-sub-zero", match: sub($.x, 0), ...keep, replace: ({ x }) => x, example: "sub(x, 0) => x" }),
  rule({ name: "drop-mul-one", match: mul($.x, 1), ...keep, replace: ({ x }) => x, example: "mul(1, x) => x" }),
  rule({ name: "drop-div-one", match: div($.x, 1), ...keep, replace: ({ x }) => x, example: "div(x, 1) => x" }),
  rule({
    name: "drop-and-true",
    match: and($.x, 1),
    ...keep,
    replace: ({ x }) => x,
    example: "x: bool[2,3], and(bool true, x) => x",
  }),
  rule({ name: "drop-pow-one", match: pow($.x, 1), ...keep, replace: ({ x }) => x, example: "pow(x, 1) => x" }),
];
