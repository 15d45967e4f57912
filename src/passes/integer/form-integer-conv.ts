import { like } from "../../graph/construct.ts";
import { isAbsent } from "../../graph/leaves.ts";
import { $, bind, hole } from "../../graph/pattern.ts";
import { rule } from "../../graph/rule.ts";
import type { Value } from "../../graph/value.ts";
import { add } from "../../ops/add.ts";
import { cast } from "../../ops/cast.ts";
import { conv } from "../../ops/conv.ts";
import { convInteger } from "../../ops/conv-integer.ts";
import { dequantizeLinear } from "../../ops/dequantize-linear.ts";
import { mul } from "../../ops/mul.ts";
import { reshape } from "../../ops/reshape.ts";
import { dtypeOf } from "../dtype-of.ts";
import { scalarNumber } from "../scalar-number.ts";
import { shapeOf } from "../shape-of.ts";

/** Terms of a sum of products of bytes that an i32 holds, whatever they are. */
const mostTerms = Math.floor(2 ** 31 / 255 ** 2);
/** Outputs of a group below which convolutions of floats, which slide over rows, are quicker. */
const leastOutputs = 4;

const isByte = (value: Value): boolean => dtypeOf(value) === "u8" || dtypeOf(value) === "i8";

/** Whether there are so many outputs in a group, and so few terms in a sum. */
function fits(w: Value, group: number): boolean {
  const sizes = shapeOf(w);
  if (sizes === undefined || !sizes.every((size) => typeof size === "number")) return false;
  const [outputs = 0, ...window] = sizes as readonly number[];
  return outputs / group >= leastOutputs && window.reduce((terms, size) => terms * size, 1) <= mostTerms;
}

/** Whether w has one scale, or one an output. */
function isPerOutput({ attributes }: Value, w: Value, scale: Value): boolean {
  const [shape, sizes] = [shapeOf(scale), shapeOf(w)];
  if (((attributes["blockSize"] as number | undefined) ?? 0) !== 0 || shape === undefined) return false;
  const isAlongOutputs = attributes["axis"] === 0 || attributes["axis"] === -(sizes?.length ?? 0);
  return shape.every((size) => size === 1) || (shape.length === 1 && shape[0] === sizes?.[0] && isAlongOutputs);
}

/** A scalar, or a vector over outputs in the shape in which it broadcasts over the `places` axes behind them. */
const overPlaces = (vector: Value, places: number): Value =>
  reshape(vector, [-1, ...new Array<number>(places).fill(1)]);

/**
 * The convolution of bytes that stand for numbers, by their exact sums, which are scaled once: sums of numbers that were scaled before round
 * at each step.
 */
export const formIntegerConv = rule({
  name: "form-integer-conv",
  match: bind(
    "y",
    like(
      conv,
      like(dequantizeLinear, $.x, hole("xScale"), hole("xZero")),
      bind("right", like(dequantizeLinear, $.w, hole("wScale"), hole("wZero"))),
      $.bias,
    ),
  ),
  shared: true,
  when: ({ y, x, xScale, w, wScale, right }) =>
    dtypeOf(y) === "f32" &&
    dtypeOf(xScale) === "f32" &&
    dtypeOf(wScale) === "f32" &&
    y.attributes["activation"] === undefined &&
    isByte(x) &&
    isByte(w) &&
    Number.isFinite(scalarNumber(xScale)) &&
    isPerOutput(right, w, wScale) &&
    fits(w, (y.attributes["group"] as number | undefined) ?? 1),
  replace({ y, x, xScale, xZero, w, wScale, wZero, bias }) {
    const places = (shapeOf(w)?.length ?? 2) - 2;
    const sums = convInteger(x, w, xZero, wZero, y.attributes as never);
    const scaled = mul(cast(sums, { to: "f32" }), mul(xScale, overPlaces(wScale, places)));
    return isAbsent(bias) ? scaled : add(scaled, overPlaces(bias, places));
  },
  example: [
    'x: u8[1,2,5,5], w: i8[4,2,1,1], conv(dequantizeLinear(x, f32 0.5, u8 3), dequantizeLinear(w, f32[1] [0.25], _), _) => mul(cast(convInteger(x, w, u8 3, _), {to: "f32"}), f32[1,1,1] [0.125])',
    'x: u8[1,2,5,5], w: i8[4,2,1,1], conv(dequantizeLinear(x, f32 0.5, u8 3), dequantizeLinear(w, f32[4] [1, 2, 4, 8], _, {axis: 0}), f32[4] [1, 2, 3, 4]) => add(mul(cast(convInteger(x, w, u8 3, _), {to: "f32"}), f32[4,1,1] [0.5, 1, 2, 4]), f32[4,1,1] [1, 2, 3, 4])',
    "x: u8[1,2,5,5], w: i8[2,1,1,1], conv(dequantizeLinear(x, f32 0.5, u8 3), dequantizeLinear(w, f32 0.25, _), _, {group: 2}) => same",
    "x: f32[1,2,5,5], w: i8[4,2,1,1], conv(x, dequantizeLinear(w, f32 0.25, _), _) => same",
  ],
});
