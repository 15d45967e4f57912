import { like } from "../../graph/construct.ts";
import { knownNumbers } from "../../graph/known-dims.ts";
import { isAbsent } from "../../graph/leaves.ts";
import { $, bind, hole } from "../../graph/pattern.ts";
import type { Rule } from "../../graph/rule.ts";
import { rule } from "../../graph/rule.ts";
import type { Value } from "../../graph/value.ts";
import { add } from "../../ops/add.ts";
import { concat } from "../../ops/concat.ts";
import { mul } from "../../ops/mul.ts";
import { neg } from "../../ops/neg.ts";
import { rotaryEmbedding } from "../../ops/rotary-embedding.ts";
import { slice } from "../../ops/slice.ts";
import { isFloatValue } from "../dtype-of.ts";
import { sameType } from "../same-type.ts";
import { rankOf, shapeOf } from "../shape-of.ts";
import { halfTable } from "./half-table.ts";

const sizeOf = (value: Value): number | undefined => {
  const size = shapeOf(value)?.at(-1);
  return typeof size === "number" ? size : undefined;
};
/** Where along the last axis of its operand a slice begins and ends, when it takes neighbours of that axis and all of the others. */
function lastRange(part: Value): readonly [from: number, to: number] | undefined {
  const [x, starts, ends, axes, steps] = part.operands as [Value, Value, Value, Value, Value];
  const size = sizeOf(x);
  const [from, to, axis, step] = [starts, ends, axes, steps].map((value) =>
    isAbsent(value) ? undefined : knownNumbers(value),
  );
  if (size === undefined || from?.length !== 1 || to?.length !== 1 || axis?.length !== 1) return undefined;
  if ((step !== undefined && step[0] !== 1) || (axis[0] !== -1 && axis[0] !== (rankOf(x) ?? 0) - 1)) return undefined;
  const place = (at: number) => Math.max(0, Math.min(size, at < 0 ? at + size : at));
  return isAbsent(steps) || step !== undefined ? [place(from[0] as number), place(to[0] as number)] : undefined;
}

const takes = (part: Value, from: number, to: number | undefined): boolean => {
  const range = lastRange(part);
  return range !== undefined && range[0] === from && range[1] === to;
};

const joinsLast = (whole: Value): boolean =>
  [-1, (rankOf(whole) ?? 0) - 1].includes(whole.attributes["axis"] as number);

const part = (name: "y" | "z") =>
  bind(name, like(slice, $.x, hole(`${name}1`), hole(`${name}2`), hole(`${name}3`), hole(`${name}4`)));
const turned = bind("w", like(concat, neg(part("y")), part("z")));

/** Rotary position embedding (Su et al., 2021) as exporters write it out. */
export const formRotary: readonly Rule[] = [
  rule({
    name: "form-rotary-embedding",
    match: add(mul($.x, $.a), mul(turned, $.b)),
    when: ({ x, y, z, w, a, b }, whole) => {
      const size = sizeOf(x) ?? Number.NaN;
      return (
        isFloatValue(x) &&
        sameType(x, whole) &&
        joinsLast(w) &&
        takes(y, size / 2, size) &&
        takes(z, 0, size / 2) &&
        halfTable(a) !== undefined &&
        halfTable(b) !== undefined
      );
    },
    replace: ({ x, a, b }) => rotaryEmbedding(x, halfTable(a) as Value, halfTable(b) as Value, { interleaved: false }),
    example: [
      "a: f32[3,2], add(mul(x, cos(concat(a, a, {axis: -1}))), mul(concat(neg(slice(x, [2], [4], [2], [1])), slice(x, [0], [2], [2], [1]), {axis: -1}), sin(concat(a, a, {axis: -1})))) => rotaryEmbedding(x, cos(a), sin(a), {interleaved: false})",
      "a: f32[3,4], add(mul(x, a), mul(concat(neg(slice(x, [2], [4], [2], [1])), slice(x, [0], [2], [2], [1]), {axis: -1}), a)) => same",
    ],
  }),
  rule({
    name: "widen-rotary-embedding",
    match: bind("w", like(concat, like(rotaryEmbedding, part("y"), $.a, $.b), part("z"))),
    when: ({ x, y, z, w, a }) => {
      const [pairs, size] = [sizeOf(a), sizeOf(x)];
      if (pairs === undefined || size === undefined || !joinsLast(w)) return false;
      return takes(y, 0, 2 * pairs) && takes(z, 2 * pairs, size);
    },
    replace: ({ x, w, a, b }) => rotaryEmbedding(x, a, b, (w.operands[0] as Value).attributes as never),
    example:
      "a: f32[3,1], concat(rotaryEmbedding(slice(x, [0], [2], [2], [1]), a, a, {interleaved: false}), slice(x, [2], [4], [2], [1]), {axis: 2}) => rotaryEmbedding(x, a, a, {interleaved: false})",
  }),
];
