import { like } from "../../graph/construct.ts";
import { $ } from "../../graph/pattern.ts";
import type { Rule } from "../../graph/rule.ts";
import { rule } from "../../graph/rule.ts";
import type { Value } from "../../graph/value.ts";
import { concat } from "../../ops/concat.ts";
import { gather } from "../../ops/gather.ts";
import { gatherNd } from "../../ops/gather-nd.ts";
import { reshape } from "../../ops/reshape.ts";
import type { Dim } from "../../tensor/dim.ts";
import { addDims, dimEquals, isUnknownDim, mulDims } from "../../tensor/dim.ts";
import { shapeOf } from "../shape-of.ts";
import { indexSteps, isRowMajor } from "./index-steps.ts";

const product = (dims: readonly Dim[]): Dim => dims.reduce<Dim>(mulDims, 1);

/** True where all of x's first `depth` axes are numbered in order by steps over a shape of places. */
function takesAll(x: Value, depth: number, places: readonly Dim[], steps: readonly Dim[] | undefined): boolean {
  const shape = shapeOf(x);
  if (steps === undefined || shape === undefined) return false;
  return dimEquals(product(places), product(shape.slice(0, depth))) && isRowMajor(steps, places);
}

/** The steps of the whole place that vectors of indices along the last axis name in x. */
function jointSteps(x: Value, indices: Value): readonly Dim[] | undefined {
  const shape = shapeOf(x);
  if (indices.op !== concat || shape === undefined) return undefined;
  const parts = indices.operands.map((part) =>
    shapeOf(part)?.at(-1) === 1 ? indexSteps(part)?.slice(0, -1) : undefined,
  );
  const depth = parts.length;
  return parts.reduce<readonly Dim[] | undefined>((sum, steps, axis) => {
    const stride = product(shape.slice(axis + 1, depth));
    return sum && steps?.map((step, i) => addDims(sum[i] ?? 0, mulDims(step, stride)));
  }, []);
}

const isKnown = (value: Value): boolean => shapeOf(value)?.some(isUnknownDim) === false;

/** Gathers that take everything in order: they only reshape. Exporters index padding masks so. */
export const dropGathers: readonly Rule[] = [
  rule({
    name: "drop-gather-of-all",
    match: like(gather, $.x, $.a),
    when: ({ x, a }, whole) =>
      whole.attributes["axis"] === 0 && isKnown(whole) && takesAll(x, 1, shapeOf(a) ?? [], indexSteps(a)),
    replace: ({ x }, whole) => reshape(x, shapeOf(whole) ?? []),
    shared: true,
    example: [
      "m: f32[12,1], i = reshape(range(i64 0, i64 3, i64 1), [3, 1]), j = range(i64 0, i64 4, i64 1), gather(m, add(mul(i, i64 4), j), {axis: 0}) => reshape(m, [3, 4, 1])",
      "m: f32[12], i = reshape(range(i64 0, i64 3, i64 1), [3, 1]), j = range(i64 0, i64 4, i64 1), gather(m, add(i, mul(j, i64 3)), {axis: 0}) => same",
      "m: f32[13], i = reshape(range(i64 0, i64 3, i64 1), [3, 1]), j = range(i64 0, i64 4, i64 1), gather(m, add(mul(i, i64 4), j), {axis: 0}) => same",
      "m: f32[3], gather(m, range(i64 -1, i64 2, i64 1), {axis: 0}) => same",
    ],
  }),
  rule({
    name: "drop-gather-nd-of-all",
    match: like(gatherNd, $.x, $.a),
    when: ({ x, a }, whole) =>
      whole.attributes["batchDims"] === 0 &&
      isKnown(whole) &&
      takesAll(x, a.operands.length, (shapeOf(a) ?? []).slice(0, -1), jointSteps(x, a)),
    replace: ({ x }, whole) => reshape(x, shapeOf(whole) ?? []),
    shared: true,
    example: [
      "m: f32[3,4], i = expand(reshape(range(i64 0, i64 3, i64 1), [3, 1, 1]), [3, 4, 1]), j = expand(reshape(range(i64 0, i64 4, i64 1), [1, 4, 1]), [3, 4, 1]), gatherNd(m, concat(i, j, {axis: -1}), {batchDims: 0}) => reshape(m, [3, 4])",
      "m: f32[3,4], i = expand(reshape(range(i64 0, i64 3, i64 1), [3, 1, 1]), [3, 4, 1]), j = expand(reshape(range(i64 0, i64 4, i64 1), [1, 4, 1]), [3, 4, 1]), gatherNd(m, concat(j, i, {axis: -1}), {batchDims: 0}) => same",
    ],
  }),
];
