import { like } from "../../graph/construct.ts";
import { $, bind, oneOf } from "../../graph/pattern.ts";
import type { Rule } from "../../graph/rule.ts";
import { rule } from "../../graph/rule.ts";
import { shapeEquals } from "../../graph/type.ts";
import type { Value } from "../../graph/value.ts";
import { add } from "../../ops/add.ts";
import type { AttentionAttributes } from "../../ops/attention.ts";
import { attention } from "../../ops/attention.ts";
import { cast } from "../../ops/cast.ts";
import { div } from "../../ops/div.ts";
import { isNan } from "../../ops/is-nan.ts";
import { matmul } from "../../ops/matmul.ts";
import { mul } from "../../ops/mul.ts";
import { softmax } from "../../ops/softmax.ts";
import { squeeze } from "../../ops/squeeze.ts";
import { tanh } from "../../ops/tanh.ts";
import { transpose } from "../../ops/transpose.ts";
import { unsqueeze } from "../../ops/unsqueeze.ts";
import { where } from "../../ops/where.ts";
import type { Dim } from "../../tensor/dim.ts";
import { dimEquals } from "../../tensor/dim.ts";
import type { DType } from "../../tensor/dtype.ts";
import { dtypeOf } from "../dtype-of.ts";
import { scalarNumber } from "../scalar-number.ts";
import { shapeOf } from "../shape-of.ts";
import { factorOver, maskOver, softcapOver } from "./attention-parts.ts";

const product = bind("y", matmul($.q, $.k));
const wide = bind("z", oneOf(product, like(cast, product)));
const scaled = bind("scale", oneOf(mul(wide, $.a), div(wide, $.a), wide));
const bent = (inner: typeof scaled) => tanh(oneOf(div(inner, $.b), mul(inner, $.b)));
const capped = bind("x", oneOf(mul(bent(scaled), $.c), scaled));
const filled = oneOf(where($.condition, capped, $.max), where($.condition, $.max, capped));
const masked = oneOf(add(oneOf(filled, capped), $.m), filled, capped);
const weights = bind("w", like(softmax, masked));
const guarded = bind("mean", oneOf(where(isNan(weights), $.min, weights), weights));

const swapLast = (rank: number): number[] => [
  ...Array.from({ length: rank - 2 }, (_unused, i) => i),
  rank - 1,
  rank - 2,
];

/** How the parts of an attention that is written out come to the operands and attributes of the operator. */
interface Parts {
  readonly mask: Value | undefined;
  readonly attributes: AttentionAttributes;
}

interface Found {
  readonly y: Value;
  readonly z: Value;
  readonly scale: Value;
  readonly x: Value;
  readonly w: Value;
  readonly mean: Value;
}

/** Undefined where what is between the two products is something else than an attention does. */
function partsOf({ y, z, scale, x, w, mean }: Found): Parts | undefined {
  const factor = factorOver(scale, z);
  const softcap = softcapOver(x, scale);
  const mask = maskOver(w.operands[0] as Value, x);
  const isGuarded = mean !== w;
  if (factor === undefined || softcap === undefined || mask === undefined) return undefined;
  if (isGuarded && scalarNumber(mean.operands[1] as Value) !== 0) return undefined;
  const [shape, axis] = [shapeOf(w), w.attributes["axis"] as number];
  if (shape === undefined || (axis !== shape.length - 1 && axis !== -1) || !shapeEquals(shape, shapeOf(y)))
    return undefined;
  const attributes = {
    scale: factor,
    ...(softcap !== 0 && { softcap }),
    ...(!isGuarded && { whenAllMasked: "nan" as const }),
  };
  return { mask: mask ?? undefined, attributes };
}

/** True for [batch, heads, queries, size] · [batch, heads, size, keys] and [batch, heads, keys, valueSize], where keys and values may have one head for all; or the same without heads. */
function areHeads(q: Value, k: Value, v: Value): boolean {
  const shapes = [q, k, v].map(shapeOf);
  const [sq, sk, sv] = shapes as [readonly Dim[], readonly Dim[], readonly Dim[]];
  if (shapes.some((shape) => shape === undefined || shape.length !== sq.length)) return false;
  if (!dimEquals(sq[0] as Dim, sk[0] as Dim) || !dimEquals(sk[0] as Dim, sv[0] as Dim)) return false;
  if (sq.length === 3) return true;
  const [heads, kHeads, vHeads] = [sq[1], sk[1], sv[1]] as [Dim, Dim, Dim];
  return sq.length === 4 && dimEquals(kHeads, vHeads) && (kHeads === 1 || dimEquals(heads, kHeads));
}

const widths: Partial<Record<DType, number>> = { f16: 16, bf16: 16, f32: 32, f64: 64 };
const widthOf = (value: Value): number => widths[dtypeOf(value) ?? "bool"] ?? Number.NaN;

/** True where scores and probabilities are computed at least as finely as the operands are stored. */
const isFine = ({ y, w }: Found, v: Value): boolean =>
  widthOf(w) >= widthOf(y) && widthOf(w) >= widthOf(v) && widthOf(v) >= widthOf(y);

function form(
  found: Found,
  { q, k, v }: { readonly q: Value; readonly k: Value; readonly v: Value },
): Value | undefined {
  const parts = partsOf(found);
  const dtype = dtypeOf(v);
  const rank = shapeOf(q)?.length;
  if (parts === undefined || dtype === undefined || rank === undefined) return undefined;
  const narrow = (x: Value) => (dtypeOf(x) === dtype ? x : cast(x, { to: dtype }));
  const keys = narrow(transpose(k, { permutation: swapLast(rank) }));
  if (rank === 4) return attention(narrow(q), keys, v, parts.mask, undefined, undefined, undefined, parts.attributes);
  const [q4, k4, v4] = [narrow(q), keys, v].map((x) => unsqueeze(x, [1])) as [Value, Value, Value];
  const mask = parts.mask && shapeOf(parts.mask)?.length === 3 ? unsqueeze(parts.mask, [1]) : parts.mask;
  return squeeze(attention(q4, k4, v4, mask, undefined, undefined, undefined, parts.attributes), [1]);
}

/** Attention (Vaswani et al., 2017) as exporters write it out, with scale, softcap, masks, casts and the guard for rows of which all keys are masked. */
export const formAttention: readonly Rule[] = [
  rule({
    name: "form-attention",
    match: matmul(oneOf(guarded, like(cast, guarded)), $.v),
    when: ({ q, k, v, ...found }, whole) =>
      areHeads(q, k, v) && isFine(found, v) && dtypeOf(whole) === dtypeOf(v) && partsOf(found) !== undefined,
    replace: ({ q, k, v, ...found }) => form(found, { q, k, v }),
    example: [
      'q: f32[2,3,5,4], k: f32[2,3,6,4], v: f32[2,3,6,2], matmul(softmax(mul(matmul(q, transpose(k, {permutation: [0, 1, 3, 2]})), 0.5), {axis: 3}), v) => attention(q, transpose(transpose(k, {permutation: [0, 1, 3, 2]}), {permutation: [0, 1, 3, 2]}), v, _, _, _, _, {scale: 0.5, whenAllMasked: "nan"})',
    ],
  }),
];
