import { elementCount } from "../tensor/tensor.ts";

/** A dense block seen as lines along one axis. Element i of the line (o, n) lies at o·length·inner + i·inner + n. */
export interface AxisLines {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** The lines along an axis counted from the front. */
export const axisLines = (shape: readonly number[], axis: number): AxisLines => ({
  outer: elementCount(shape.slice(0, axis)),
  length: shape[axis] ?? 1,
  inner: elementCount(shape.slice(axis + 1)),
});
