import { $ } from "../../graph/pattern.ts";
import type { Rule } from "../../graph/rule.ts";
import { rule } from "../../graph/rule.ts";
import type { Value } from "../../graph/value.ts";
import { div } from "../../ops/div.ts";
import { mul } from "../../ops/mul.ts";
import { pow } from "../../ops/pow.ts";
import { reciprocal } from "../../ops/reciprocal.ts";
import { sqrt } from "../../ops/sqrt.ts";
import { isFloatValue } from "../dtype-of.ts";
import { sameType } from "../same-type.ts";

const keepsFloats = ({ x }: { readonly x: Value }, root: Value) => isFloatValue(x) && sameType(x, root);

/** Powers with a small constant exponent as the operators that say what they are. */
export const formPowers: readonly Rule[] = [
  rule({
    name: "form-square",
    match: pow($.x, 2),
    when: keepsFloats,
    replace: ({ x }) => mul(x, x),
    shared: true,
    example: "pow(x, 2) => mul(x, x)",
  }),
  rule({
    name: "form-sqrt",
    match: pow($.x, 0.5),
    when: keepsFloats,
    replace: ({ x }) => sqrt(x),
    shared: true,
    example: "pow(mul(x, x), 0.5) => sqrt(mul(x, x))",
  }),
  rule({
    name: "form-reciprocal-sqrt",
    match: pow($.x, -0.5),
    when: keepsFloats,
    replace: ({ x }) => reciprocal(sqrt(x)),
    shared: true,
    example: "pow(mul(x, x), -0.5) => reciprocal(sqrt(mul(x, x)))",
  }),
  rule({
    name: "form-reciprocal",
    match: [pow($.x, -1), div(1, $.x)],
    when: keepsFloats,
    replace: ({ x }) => reciprocal(x),
    shared: true,
    example: ["div(1, x) => reciprocal(x)", "pow(x, -1) => reciprocal(x)"],
  }),
];
