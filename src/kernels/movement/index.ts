/** Operators whose result is a strided view of their operands, copied. */
import { resolveAxes, resolveAxis } from "../../ops/axis.ts";
import { sliceRange } from "../../ops/slice-range.ts";
import { broadcastStrides, rowMajorStrides } from "../../tensor/shape.ts";
import { elementCount } from "../../tensor/tensor.ts";
import type { Launch, Launches, Schedule, TensorFacts } from "../schedule.ts";
import { operand, result } from "../schedule.ts";
import { copyLaunch, wholeCopy } from "./copy-launch.ts";
import type { Movement } from "./movement-schedule.ts";
import { knownNumbers, movementSchedule } from "./movement-schedule.ts";
import { triangleSchedule } from "./triangle-schedule.ts";

/** The whole result, from these strides of the operand and on from an element of it. */
function gatherStrides({ x, y, width }: Movement, strides: readonly number[], first = 0): Launch[] | Launches | string {
  const own = rowMajorStrides(y.shape);
  const isSame = elementCount(x.shape) === elementCount(y.shape);
  if (isSame && y.shape.every((dim, i) => dim === 1 || strides[i] === own[i])) return wholeCopy(x);
  return copyLaunch({
    shape: y.shape,
    from: strides,
    to: own,
    width,
    source: operand(0, first * width),
    target: result(),
  });
}

const transposeSchedule = movementSchedule("transpose", ["transpose"], (movement) => {
  const { permutation } = movement.step.attributes as { readonly permutation: readonly number[] };
  const strides = rowMajorStrides(movement.x.shape);
  return gatherStrides(
    movement,
    permutation.map((axis) => strides[axis] as number),
  );
});

const expandSchedule = movementSchedule("expand", ["expand"], (movement) =>
  gatherStrides(movement, broadcastStrides(movement.x.shape, movement.y.shape)),
);

/** What is a view wherever its operand has a place, and a copy where that is known before the run. */
const copySchedule = movementSchedule("copy", ["reshape", "squeeze", "unsqueeze", "bitCast"], ({ x, width }) => {
  const shape = [elementCount(x.shape)];
  return copyLaunch({ shape, from: [1], to: [1], width, source: operand(0), target: result() });
});

const sliceSchedule = movementSchedule("slice", ["slice"], (movement) => {
  const { x, step } = movement;
  const { shape } = x;
  const [starts, ends, axes, steps] = step.operands.slice(1).map(knownNumbers);
  if (starts === undefined || ends === undefined) return "its bounds are known only while it runs";
  if (step.operands[3] && axes === undefined) return "its axes are known only while it runs";
  if (step.operands[4] && steps === undefined) return "its steps are known only while it runs";
  const strides = rowMajorStrides(shape);
  const from = [...strides];
  let first = 0;
  resolveAxes(axes ?? starts.map((_, i) => i), shape.length).forEach((axis, i) => {
    const range = sliceRange(starts[i] as number, ends[i] as number, steps?.[i] ?? 1, shape[axis] as number);
    first += range.first * (strides[axis] as number);
    from[axis] = range.step * (strides[axis] as number);
  });
  return gatherStrides(movement, from, first);
});

const concatSchedule = movementSchedule("concat", ["concat"], ({ step, y, width }) => {
  const { axis } = step.attributes as { readonly axis: number };
  const at = resolveAxis(axis, y.shape.length);
  const to = rowMajorStrides(y.shape);
  let before = 0;
  return (step.operands as readonly TensorFacts[]).flatMap(({ shape }, i) => {
    const target = result(0, before * (to[at] as number) * width);
    before += shape[at] as number;
    return copyLaunch({ shape, from: rowMajorStrides(shape), to, width, source: operand(i), target });
  });
});

const tileSchedule = movementSchedule("tile", ["tile"], ({ x, y, width }) => {
  const [from, to] = [rowMajorStrides(x.shape), rowMajorStrides(y.shape)];
  return copyLaunch({
    shape: x.shape.flatMap((dim, i) => [dim === 0 ? 0 : (y.shape[i] as number) / dim, dim]),
    from: from.flatMap((stride) => [0, stride]),
    to: to.flatMap((stride, i) => [stride * (x.shape[i] as number), stride]),
    width,
    source: operand(0),
    target: result(),
  });
});

export const movementSchedules: readonly Schedule[] = [
  transposeSchedule,
  expandSchedule,
  copySchedule,
  sliceSchedule,
  concatSchedule,
  tileSchedule,
  triangleSchedule,
];
