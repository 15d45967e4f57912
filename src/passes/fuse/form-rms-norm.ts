import { like } from "../../graph/construct.ts";
import { absent } from "../../graph/leaves.ts";
import { $, bind, oneOf } from "../../graph/pattern.ts";
import type { Rule } from "../../graph/rule.ts";
import { rule } from "../../graph/rule.ts";
import type { Term, Value } from "../../graph/value.ts";
import { add } from "../../ops/add.ts";
import { cast } from "../../ops/cast.ts";
import { div } from "../../ops/div.ts";
import { mul } from "../../ops/mul.ts";
import { reciprocal } from "../../ops/reciprocal.ts";
import { reduceMean } from "../../ops/reduce-mean.ts";
import type { RmsNormAttributes } from "../../ops/rms-norm.ts";
import { rmsNorm } from "../../ops/rms-norm.ts";
import { sqrt } from "../../ops/sqrt.ts";
import type { DType } from "../../tensor/dtype.ts";
import { isWidening } from "../declutter/widenings.ts";
import { dtypeOf, isFloatValue } from "../dtype-of.ts";
import { sameType } from "../same-type.ts";
import { scalarNumber } from "../scalar-number.ts";
import { isEpsilon, normParameter } from "./norm-parameter.ts";
import { trailingAxis } from "./trailing-axes.ts";

const square = mul($.x, $.x);
const root = sqrt(add(bind("mean", like(reduceMean, square)), $.eps));
const inverse = reciprocal(root);

/** A value as it is, or after casts: exporters that make models of half precision round after each step. */
const eased = <H extends string>(term: Term<H>): Term<H> => oneOf(term, like(cast, term), like(cast, like(cast, term)));
const wide = bind("z", like(cast, $.x));
const easedRoot = eased(sqrt(add(eased(bind("mean", like(reduceMean, eased(oneOf(square, mul(wide, wide)))))), $.eps)));

const scaled = mul($.x, $.scale);

interface Norm {
  readonly x: Value;
  readonly mean: Value;
  readonly eps: Value;
}

const isNorm = ({ x, mean, eps }: Norm, whole: Value) =>
  sameType(x, whole) && trailingAxis(mean) !== undefined && isEpsilon(eps);

const form = ({ x, mean, eps }: Norm, scale?: Value) =>
  rmsNorm(x, scale, { axis: trailingAxis(mean) as number, epsilon: scalarNumber(eps) as number });

/** The attributes of `norm` with a result of another dtype. */
function withResult(norm: Value, x: Value, to: DType | undefined): RmsNormAttributes {
  const { axis, epsilon } = norm.attributes as RmsNormAttributes;
  return { axis, epsilon, ...(to !== undefined && to !== dtypeOf(x) && { to }) };
}

const mean = "reduceMean(mul(x, x), {axes: [2], keepDims: true})";
const plain = "{axis: -1, epsilon: 0.5}";

/** The spellings of root mean square normalisation (Zhang and Sennrich, 2019), and the factors and casts around it. */
export const formRmsNorm: readonly Rule[] = [
  rule({
    name: "form-rms-norm",
    match: [div($.x, root), mul($.x, inverse)],
    when: isNorm,
    replace: (found) => form(found),
    example: [
      `div(x, sqrt(add(${mean}, 0.5))) => rmsNorm(x, _, ${plain})`,
      `mul(reciprocal(sqrt(add(0.5, reduceMean(mul(x, x), {axes: [-1], keepDims: true})))), x) => rmsNorm(x, _, ${plain})`,
    ],
  }),
  rule({
    name: "form-rms-norm-of-scaled",
    match: [div(scaled, root), mul(scaled, inverse), mul($.x, div($.scale, root)), mul($.x, mul($.scale, inverse))],
    when: (found, whole) => isNorm(found, whole) && normParameter(found.scale, form(found), whole) !== undefined,
    replace: (found, whole) => form(found, normParameter(found.scale, form(found), whole)),
    example: [
      `w: f32[4], div(mul(x, w), sqrt(add(${mean}, 0.5))) => rmsNorm(x, w, ${plain})`,
      `w: f32[4], mul(x, mul(w, reciprocal(sqrt(add(${mean}, 0.5))))) => rmsNorm(x, w, ${plain})`,
    ],
  }),
  rule({
    name: "form-rms-norm-of-rounded-steps",
    match: [div($.x, easedRoot), mul($.x, eased(reciprocal(easedRoot)))],
    when: (found, whole) => ["f16", "bf16"].includes(dtypeOf(found.x) ?? "") && isNorm(found, whole),
    replace: (found) => form(found),
    example: `x: f16[2,8], m = cast(reduceMean(cast(mul(cast(x, {to: "f32"}), cast(x, {to: "f32"})), {to: "f16"}), {axes: [1], keepDims: true}), {to: "f16"}), mul(x, reciprocal(sqrt(add(m, 0.5)))) => rmsNorm(x, _, ${plain})`,
  }),
  rule({
    name: "fold-scale-into-rms-norm",
    match: mul(bind("y", like(rmsNorm, $.x, absent)), $.scale),
    when: ({ y, scale }, whole) => normParameter(scale, y, whole) !== undefined,
    replace: ({ x, y, scale }, whole) => rmsNorm(x, normParameter(scale, y, whole), y.attributes as never),
    example: `w: f32[4], mul(w, rmsNorm(x, _, ${plain})) => rmsNorm(x, w, ${plain})`,
  }),
  rule({
    name: "fold-cast-into-rms-norm",
    match: like(cast, bind("y", like(rmsNorm, $.x, $.scale))),
    when: ({ y }, whole) => y.attributes["to"] === undefined && isFloatValue(whole),
    replace: ({ x, y, scale }, whole) => rmsNorm(x, scale, withResult(y, x, dtypeOf(whole))),
    example: `cast(rmsNorm(x, _, ${plain}), {to: "f16"}) => rmsNorm(x, _, {axis: -1, epsilon: 0.5, to: "f16"})`,
  }),
  rule({
    name: "fold-cast-before-rms-norm",
    match: bind("y", like(rmsNorm, bind("z", like(cast, $.x)), $.scale)),
    when: ({ x, z }) => isFloatValue(x) && isWidening(dtypeOf(x), dtypeOf(z)),
    replace: ({ x, y, scale }) => rmsNorm(x, scale, withResult(y, x, dtypeOf(y))),
    shared: true,
    example: `x: f16[2,8], rmsNorm(cast(x, {to: "f32"}), _, {axis: -1, epsilon: 0.5, to: "f16"}) => rmsNorm(x, _, ${plain})`,
  }),
  rule({
    name: "fold-scale-cast-into-rms-norm",
    match: bind("y", like(rmsNorm, $.x, bind("z", like(cast, $.scale)))),
    when: ({ scale, z }) => isFloatValue(scale) && isWidening(dtypeOf(scale), dtypeOf(z)),
    replace: ({ x, y, scale }) => rmsNorm(x, scale, y.attributes as never),
    shared: true,
    example: `w: f16[4], rmsNorm(x, cast(w, {to: "f32"}), ${plain}) => rmsNorm(x, w, ${plain})`,
  }),
];
