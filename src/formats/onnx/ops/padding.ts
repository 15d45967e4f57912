import { constant, isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { cast } from "../../../ops/cast.ts";
import { div } from "../../../ops/div.ts";
import { gather } from "../../../ops/gather.ts";
import type { PadMode } from "../../../ops/pad.ts";
import { pad } from "../../../ops/pad.ts";
import { shapeOf } from "../../../ops/shape-of.ts";
import { sub } from "../../../ops/sub.ts";
import { fromNumbers } from "../../../tensor/numbers.ts";
import type { OnnxNode } from "../node.ts";
import { onnxOps } from "../onnx-op.ts";
import { foldSizes, joinSizes, requiredAttribute } from "../shape-values.ts";

const staticPad = (x: Value, name: string, node: OnnxNode): Value => {
  const value = node.float("value", 0);
  const pads = requiredAttribute(node.ints(name), name);
  return pad(x, pads, value === 0 ? undefined : value, undefined, { mode: padModeOf(node) });
};
export const padModeOf = (node: OnnxNode): PadMode =>
  node.choice("mode", ["constant", "reflect", "edge", "wrap"], "constant");
const optional = (value: Value): Value | undefined => (isAbsent(value) ? undefined : value);

/** Operators that add elements around a tensor or cut them off. */
export const padding = onnxOps({
  CenterCropPad: ([x, shape], node) => centerCropPad(x, shape, node.ints("axes")),
  Pad: {
    1: ([x], node) => staticPad(x, "paddings", node),
    2: ([x], node) => staticPad(x, "pads", node),
    11: ([x, pads, value, axes], node) => pad(x, pads, optional(value), optional(axes), { mode: padModeOf(node) }),
  },
});

/** Adds or cuts half of what is missing before, and the rest after; an odd element goes to the end. */
function centerCropPad(x: Value, shape: Value, axes: readonly number[] | undefined): Value {
  const own = axes === undefined ? shapeOf(x) : gather(shapeOf(x), constant(int64s(axes)), { axis: 0 });
  const missing = sub(cast(shape, { to: "i64" }), own);
  const before = foldSizes(div(missing, 2));
  return pad(x, joinSizes(before, sub(missing, before)), undefined, axes, { mode: "constant" });
}

const int64s = (values: readonly number[]) => fromNumbers("i64", [values.length], values);
