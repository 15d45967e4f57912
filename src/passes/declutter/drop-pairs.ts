import { $ } from "../../graph/pattern.ts";
import type { Rule } from "../../graph/rule.ts";
import { rule } from "../../graph/rule.ts";
import { neg } from "../../ops/neg.ts";
import { not } from "../../ops/not.ts";

/** Operators that undo each other. */
export const dropPairs: readonly Rule[] = [
  rule({
    name: "drop-neg-neg",
    match: neg(neg($.x)),
    replace: ({ x }) => x,
    shared: true,
    example: "neg(neg(x)) => x",
  }),
  rule({
    name: "drop-not-not",
    match: not(not($.x)),
    replace: ({ x }) => x,
    shared: true,
    example: "x: bool[3], not(not(x)) => x",
  }),
];
