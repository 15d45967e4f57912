import { like } from "../../graph/construct.ts";
import { $, bind, hole, oneOf } from "../../graph/pattern.ts";
import type { Rule } from "../../graph/rule.ts";
import { rule } from "../../graph/rule.ts";
import type { Value } from "../../graph/value.ts";
import type { AttentionAttributes } from "../../ops/attention.ts";
import { attention } from "../../ops/attention.ts";
import { cast } from "../../ops/cast.ts";
import { div } from "../../ops/div.ts";
import { expand } from "../../ops/expand.ts";
import { mul } from "../../ops/mul.ts";
import { reshape } from "../../ops/reshape.ts";
import type { Dim } from "../../tensor/dim.ts";
import { dimEquals, mulDims } from "../../tensor/dim.ts";
import { sameType } from "../same-type.ts";
import { shapeOf } from "../shape-of.ts";
import { factorOver } from "./attention-parts.ts";

const rest = [hole("mask"), hole("offset"), hole("lengths"), hole("sink")] as const;
const scaling = bind("y", oneOf(mul($.x, $.a), div($.x, $.a)));
const scaled = oneOf(scaling, like(cast, scaling));

/** x, with the cast that `operand` has around it. */
const castAs = (x: Value, operand: Value | undefined): Value =>
  operand?.op === cast ? cast(x, operand.attributes as never) : x;

/** The attention with some of its operands, or its scale, replaced. */
function changed(whole: Value, by: { readonly [I in 0 | 1 | 2]?: Value }, factor = 1): Value {
  const [q, k, v, ...others] = whole.operands.map((operand, i) => by[i as 0] ?? operand) as [Value, Value, Value];
  const attributes = whole.attributes as AttentionAttributes;
  const [mask, offset, lengths, sink] = others as readonly Value[];
  return attention(q, k, v, mask, offset, lengths, sink, { ...attributes, scale: attributes.scale * factor });
}

/** x [batch, heads, ...] where `value` has every head of it several times in a row, by an expansion between two reshapes. */
function unrepeated(value: Value): Value | undefined {
  const wide = value.operands[0] as Value;
  const x = wide.operands[0]?.operands[0] as Value;
  const [from, to, result] = [x, wide, value].map((each) => shapeOf(each) ?? []) as [
    readonly Dim[],
    readonly Dim[],
    readonly Dim[],
  ];
  const [batch, heads, ...others] = from;
  const times = to[2];
  if (from.length !== 4 || to.length !== 5 || batch === undefined || heads === undefined || times === undefined)
    return undefined;
  const same = (a: readonly Dim[], b: readonly Dim[]) =>
    a.length === b.length && a.every((dim, i) => dimEquals(dim, b[i] as Dim));
  const fits =
    same(shapeOf(wide.operands[0] as Value) ?? [], [batch, heads, 1, ...others]) &&
    same(to, [batch, heads, times, ...others]) &&
    same(result, [batch, mulDims(heads, times), ...others]);
  return fits ? x : undefined;
}

const repetition = (name: "k" | "v") =>
  bind(
    name,
    like(reshape, like(expand, like(reshape, hole(`${name}0`), hole(`${name}1`)), hole(`${name}2`)), hole(`${name}3`)),
  );
const repeated = (name: "k" | "v") => oneOf(repetition(name), like(cast, repetition(name)));

/** Factors and repetitions before an attention as part of it. */
export const foldIntoAttention: readonly Rule[] = [
  rule({
    name: "fold-query-scale-into-attention",
    match: like(attention, scaled, $.k, $.v, ...rest),
    when: ({ x, y }) => sameType(x, y) && factorOver(y, x) !== undefined,
    replace: ({ x, y }, whole) => changed(whole, { 0: castAs(x, whole.operands[0]) }, factorOver(y, x)),
    example:
      "q: f32[1,1,3,4], k: f32[1,1,2,4], attention(mul(q, 0.5), k, k, _, _, _, _, {scale: 0.5}) => attention(q, k, k, _, _, _, _, {scale: 0.25})",
  }),
  rule({
    name: "fold-key-scale-into-attention",
    match: like(attention, $.q, scaled, $.v, ...rest),
    when: ({ x, y }) => sameType(x, y) && factorOver(y, x) !== undefined,
    replace: ({ x, y }, whole) => changed(whole, { 1: castAs(x, whole.operands[1]) }, factorOver(y, x)),
    example:
      "q: f32[1,1,3,4], k: f32[1,1,2,4], attention(q, div(k, 2), k, _, _, _, _, {scale: 0.5}) => attention(q, k, k, _, _, _, _, {scale: 0.25})",
  }),
  rule({
    name: "fold-repeated-heads-into-attention",
    match: like(attention, $.q, repeated("k"), repeated("v"), ...rest),
    when: ({ k, v }) => unrepeated(k) !== undefined && unrepeated(v) !== undefined,
    replace: ({ k, v }, whole) =>
      changed(whole, {
        1: castAs(unrepeated(k) as Value, whole.operands[1]),
        2: castAs(unrepeated(v) as Value, whole.operands[2]),
      }),
    shared: true,
    example:
      "q: f32[B,4,S,8], k: f32[B,2,T,8], v: f32[B,2,T,8], attention(q, reshape(expand(reshape(k, [B, 2, 1, T, 8]), [B, 2, 2, T, 8]), [B, 4, T, 8]), reshape(expand(reshape(v, [B, 2, 1, T, 8]), [B, 2, 2, T, 8]), [B, 4, T, 8]), _, _, _, _, {scale: 0.5}) => attention(q, k, v, _, _, _, _, {scale: 0.5})",
  }),
];
