import { like } from "../../graph/construct.ts";
import { $, bind, literal } from "../../graph/pattern.ts";
import type { Rule } from "../../graph/rule.ts";
import { rule } from "../../graph/rule.ts";
import { add } from "../../ops/add.ts";
import { clip } from "../../ops/clip.ts";
import { div } from "../../ops/div.ts";
import { hardSigmoid } from "../../ops/hard-sigmoid.ts";
import { hardSwish } from "../../ops/hard-swish.ts";
import { mul } from "../../ops/mul.ts";
import { sameType } from "../same-type.ts";

const sixth = literal(1 / 6, 1e-4);
const relu6 = clip(add($.x, 3), 0, 6);

/** hardSigmoid and hardSwish in the spellings of exporters. */
export const formHardSwish: readonly Rule[] = [
  rule({
    name: "form-hard-sigmoid",
    match: [div(relu6, 6), mul(relu6, sixth)],
    when: ({ x }, root) => sameType(x, root),
    replace: ({ x }) => hardSigmoid(x, { alpha: 1 / 6, beta: 0.5 }),
    example: "div(clip(add(x, 3), 0, 6), 6) => hardSigmoid(x, {alpha: 0.16666666666666666, beta: 0.5})",
  }),
  rule({
    name: "form-hard-swish",
    match: mul($.x, bind("y", like(hardSigmoid, $.x))),
    when({ y }) {
      const { alpha, beta } = y.attributes as { alpha: number; beta: number };
      return Math.abs(alpha - 1 / 6) < 1e-5 && beta === 0.5;
    },
    replace: ({ x }) => hardSwish(x),
    example: "mul(x, hardSigmoid(x, {alpha: 0.16666667, beta: 0.5})) => hardSwish(x)",
  }),
  rule({
    name: "form-hard-swish-of-product",
    match: [div(mul($.x, relu6), 6), mul(mul($.x, relu6), sixth)],
    when: ({ x }, root) => sameType(x, root),
    replace: ({ x }) => hardSwish(x),
    example: "div(mul(x, clip(add(x, 3), 0, 6)), 6) => hardSwish(x)",
  }),
];
