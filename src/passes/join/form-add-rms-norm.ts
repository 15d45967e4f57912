import { like } from "../../graph/construct.ts";
import { isAbsent, isConstant } from "../../graph/leaves.ts";
import type { Op } from "../../graph/op.ts";
import { $, bind } from "../../graph/pattern.ts";
import { rule } from "../../graph/rule.ts";
import type { Value } from "../../graph/value.ts";
import { add } from "../../ops/add.ts";
import { addRmsNorm } from "../../ops/add-rms-norm.ts";
import { cast } from "../../ops/cast.ts";
import { clip } from "../../ops/clip.ts";
import { conv } from "../../ops/conv.ts";
import { convTranspose } from "../../ops/conv-transpose.ts";
import { linear } from "../../ops/linear.ts";
import { matmul } from "../../ops/matmul.ts";
import { matmulNBits } from "../../ops/matmul-n-bits.ts";
import { pick } from "../../ops/pick.ts";
import type { RmsNormAttributes } from "../../ops/rms-norm.ts";
import { rmsNorm } from "../../ops/rms-norm.ts";
import { where } from "../../ops/where.ts";
import { sameType } from "../same-type.ts";

const products: ReadonlySet<Op> = new Set<Op>([matmul, linear, conv, convTranspose, matmulNBits]);
const elementwise: ReadonlySet<Op> = new Set<Op>([cast, clip, where]);

/** True where a kernel that computes the value can add to it before it is stored: that spares more than a norm that adds. */
const canAdd = ({ op }: Value): boolean => products.has(op) || elementwise.has(op) || "unary" in op || "binary" in op;

/** A residual sum and the norm of it as one operator; the sum is the second of its results, for whoever else uses it. */
export const formAddRmsNorm = rule({
  name: "form-add-rms-norm",
  match: bind("w", like(rmsNorm, bind("y", add($.x, $.z)), $.scale)),
  when: ({ x, y, z, scale }) =>
    sameType(x, y) && sameType(z, y) && !canAdd(x) && !canAdd(z) && (isConstant(scale) || isAbsent(scale)),
  replace: ({ x, z, w, scale }) => pick(addRmsNorm(x, z, scale, w.attributes as RmsNormAttributes), { index: 0 }),
  also: ({ y }, after) => [[y, pick(after.operands[0] as Value, { index: 1 })]],
  shared: true,
  example: [
    "rmsNorm(add(x, y), _, {axis: -1, epsilon: 0.5}) => addRmsNorm(x, y, _, {axis: -1, epsilon: 0.5}).0",
    "s = add(x, y), rmsNorm(s, f32[4] [1, 2, 3, 4], {axis: -1, epsilon: 0.5}); neg(s) => addRmsNorm(x, y, f32[4] [1, 2, 3, 4], {axis: -1, epsilon: 0.5}).0; neg(addRmsNorm(x, y, f32[4] [1, 2, 3, 4], {axis: -1, epsilon: 0.5}).1)",
    "w: f32[4,4], s = add(x, matmul(y, w)), rmsNorm(s, _, {axis: -1, epsilon: 0.5}) => same",
    "y: f32[4], rmsNorm(add(x, y), _, {axis: -1, epsilon: 0.5}) => same",
  ],
});
