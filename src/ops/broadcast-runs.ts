import { broadcastStrides } from "../tensor/shape.ts";
import { elementCount } from "../tensor/tensor.ts";

/** One run of results: `count` of them from `out` on; operand k begins at `at[k]` and moves by `steps[k]` from each to the next. */
type VisitRun = (out: number, count: number, at: readonly number[], steps: readonly number[]) => void;

interface Axis {
  readonly size: number;
  readonly strides: readonly number[];
}

/**
 * Walks the elements of `shape` in row-major order as few long runs, with the offsets of operands of the given shapes broadcast
 * to it. `at` changes from run to run: do not keep it. Throws a RangeError when an operand does not broadcast so.
 */
export function broadcastRuns(
  operands: readonly (readonly number[])[],
  shape: readonly number[],
  visit: VisitRun,
): void {
  const axes = mergedAxes(operands, shape);
  if (elementCount(shape) === 0) return;
  const at = operands.map(() => 0);
  const inner = axes.pop();
  if (inner === undefined) {
    visit(0, 1, at, at);
    return;
  }
  const index = axes.map(() => 0);
  for (let out = 0, count = elementCount(shape); out < count; out += inner.size) {
    visit(out, inner.size, at, inner.strides);
    advance(axes, index, at);
  }
}

/** Moves to the next index of the outer axes, the last one fastest. */
function advance(axes: readonly Axis[], index: number[], at: number[]): void {
  for (let axis = axes.length - 1; axis >= 0; axis--) {
    const { size, strides } = axes[axis]!;
    for (let k = 0; k < at.length; k++) at[k]! += strides[k]!;
    if (++index[axis]! < size) return;
    for (let k = 0; k < at.length; k++) at[k]! -= strides[k]! * size;
    index[axis] = 0;
  }
}

/** The axes of `shape` without those of size 1; neighbours that every operand walks as one are joined. */
function mergedAxes(operands: readonly (readonly number[])[], shape: readonly number[]): Axis[] {
  const strides = operands.map((operand) => broadcastStrides(operand, shape));
  const axes: Axis[] = [];
  shape.forEach((size, axis) => {
    if (size === 1) return;
    const inner = { size, strides: strides.map((own) => own[axis]!) };
    const outer = axes[axes.length - 1];
    if (outer?.strides.every((stride, k) => stride === inner.strides[k]! * size)) {
      axes[axes.length - 1] = { size: outer.size * size, strides: inner.strides };
    } else axes.push(inner);
  });
  return axes;
}
