import { constant, isAbsent } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { add } from "../../../ops/add.ts";
import { div } from "../../../ops/div.ts";
import { gather } from "../../../ops/gather.ts";
import { gatherNd } from "../../../ops/gather-nd.ts";
import { mul } from "../../../ops/mul.ts";
import { pad } from "../../../ops/pad.ts";
import { pick } from "../../../ops/pick.ts";
import { range } from "../../../ops/range.ts";
import { sub } from "../../../ops/sub.ts";
import { tensorOperand } from "../../../ops/tensor-operand.ts";
import { transpose } from "../../../ops/transpose.ts";
import { trilu } from "../../../ops/trilu.ts";
import { unique } from "../../../ops/unique.ts";
import { scalar } from "../../../tensor/numbers.ts";
import type { OnnxNode } from "../node.ts";
import { onnxOps } from "../onnx-op.ts";
import { rankOf, requiredAttribute, reshapeTo, sizeOf } from "../shape-values.ts";
import { padModeOf } from "./padding.ts";
import { unsqueezeAxes } from "./shapes.ts";

/** Operators of com.microsoft that place elements anew. */
export const contribMovement = onnxOps(
  {
    ExpandDims: ([x, axis]) => unsqueezeAxes(x, reshapeTo(axis, [1])),
    GatherND: ([x, indices]) => gatherNd(x, indices, { batchDims: 0 }),
    Pad: ([x, pads, value], node) =>
      pad(x, reshapeTo(pads, [-1]), isAbsent(value) ? undefined : value, undefined, { mode: padModeOf(node) }),
    Range: ([start, limit, delta]) => range(start, limit, isAbsent(delta) ? one(start) : delta),
    Trilu: ([x, k], node) => trilu(x, k, { upper: node.flag("upper", true) }),
    UnfoldTensor: ([x], node) => unfold(x, node),
    Unique: ([x]) => {
      const found = unique(x, { sorted: false });
      return [pick(found, { index: 0 }), pick(found, { index: 2 }), pick(found, { index: 3 })];
    },
  },
  "com.microsoft",
);

const one = (like: Value): Value => constant(scalar(tensorOperand(like, "start").dtype, 1));

/** All windows of `size` neighbouring entries along an axis, `step` apart; the window becomes the last axis. */
function unfold(x: Value, node: OnnxNode): Value {
  const [size, step, rank] = [requiredAttribute(node.int("size"), "size"), node.int("step", 1), rankOf(x)];
  const axis = node.int("dim", -1);
  const at = axis < 0 ? axis + rank : axis;
  const [zero, by] = [constant(scalar("i64", 0)), constant(scalar("i64", 1))];
  const count = add(div(sub(reshapeTo(sizeOf(x, at), []), size), step), 1);
  const starts = reshapeTo(mul(range(zero, count, by), step), [-1, 1]);
  const places = range(zero, constant(scalar("i64", size)), by);
  const windows = gather(x, add(starts, places), { axis: at });
  const axes = Array.from({ length: rank + 1 }, (_unused, i) => i);
  return transpose(windows, { permutation: [...axes.filter((i) => i !== at + 1), at + 1] });
}
