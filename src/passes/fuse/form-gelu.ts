import { $, literal, oneOf } from "../../graph/pattern.ts";
import type { Rule } from "../../graph/rule.ts";
import { rule } from "../../graph/rule.ts";
import type { Term, Value } from "../../graph/value.ts";
import { add } from "../../ops/add.ts";
import { div } from "../../ops/div.ts";
import { erf } from "../../ops/erf.ts";
import { gelu } from "../../ops/gelu.ts";
import { mul } from "../../ops/mul.ts";
import { pow } from "../../ops/pow.ts";
import { tanh } from "../../ops/tanh.ts";
import { sameType } from "../same-type.ts";

/** Exporters write the constants of gelu with 5 digits or more. */
const near = (value: number) => literal(value, 1e-4);
const half = near(0.5);

/** x · gate / 2 with the factors in any order. */
const gated = (gate: Term<"x">): readonly Term<"x">[] => [
  mul(mul($.x, half), gate),
  mul(mul($.x, gate), half),
  mul($.x, mul(gate, half)),
  div(mul($.x, gate), near(2)),
];

const scaled = oneOf(div($.x, near(Math.SQRT2)), mul($.x, near(Math.SQRT1_2)));
const cube = oneOf(pow($.x, 3), mul(mul($.x, $.x), $.x));
const inner = mul(add(mul(cube, near(0.044715)), $.x), near(Math.sqrt(2 / Math.PI)));
const keepsType = ({ x }: { readonly x: Value }, root: Value) => sameType(x, root);

/** gelu in the spellings of exporters: by erf, and by tanh. */
export const formGelu: readonly Rule[] = [
  rule({
    name: "form-gelu",
    match: gated(add(erf(scaled), 1)),
    when: keepsType,
    replace: ({ x }) => gelu(x),
    example: [
      "mul(mul(x, add(erf(div(x, 1.4142135)), 1)), 0.5) => gelu(x)",
      "mul(mul(0.5, x), add(1, erf(mul(x, 0.70710677)))) => gelu(x)",
    ],
  }),
  rule({
    name: "form-gelu-tanh",
    match: gated(add(tanh(inner), 1)),
    when: keepsType,
    replace: ({ x }) => gelu(x, { approximate: "tanh" }),
    example:
      'mul(mul(0.5, x), add(1, tanh(mul(0.7978846, add(x, mul(0.044715, pow(x, 3))))))) => gelu(x, {approximate: "tanh"})',
  }),
];
