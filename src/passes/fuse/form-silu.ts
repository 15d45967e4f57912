import { $ } from "../../graph/pattern.ts";
import { rule } from "../../graph/rule.ts";
import { mul } from "../../ops/mul.ts";
import { sigmoid } from "../../ops/sigmoid.ts";
import { silu } from "../../ops/silu.ts";

/** x · sigmoid(x) as one operator. */
export const formSilu = rule({
  name: "form-silu",
  match: mul($.x, sigmoid($.x)),
  replace: ({ x }) => silu(x),
  example: "mul(sigmoid(x), x) => silu(x)",
});
