import { expect, it } from "vitest";
import { rowMajorStrides } from "../tensor/shape.ts";
import { elementCount } from "../tensor/tensor.ts";
import { broadcastRuns } from "./broadcast-runs.ts";

/** A small generator of uniform integers below n. */
function integers(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

/** The offset of an operand for result element `out`, from the definition of broadcasting. */
function offsetOf(operand: readonly number[], shape: readonly number[], out: number): number {
  const strides = rowMajorStrides(shape);
  const missing = shape.length - operand.length;
  return rowMajorStrides(operand).reduce((sum, stride, axis) => {
    const index = Math.floor(out / strides[axis + missing]!) % shape[axis + missing]!;
    return sum + (operand[axis] === 1 ? 0 : index * stride);
  }, 0);
}

it("visits every element once, in order, with the offsets of the operands", () => {
  const seed = Date.now() % 2 ** 31;
  const next = integers(seed);
  for (let trial = 0; trial < 300; trial++) {
    const shape = Array.from({ length: next(5) }, () => [1, 2, 3, 0][next(20) === 0 ? 3 : next(3)]!);
    const operands = Array.from({ length: 1 + next(3) }, () => {
      const own = shape.slice(next(shape.length + 1));
      return own.map((dim) => (next(3) === 0 ? 1 : dim));
    });
    const actual: number[][] = [];
    broadcastRuns(operands, shape, (out, count, at, steps) => {
      for (let n = 0; n < count; n++) actual.push([out + n, ...at.map((first, k) => first + n * steps[k]!)]);
    });
    const expected = Array.from({ length: elementCount(shape) }, (_, out) => [
      out,
      ...operands.map((operand) => offsetOf(operand, shape, out)),
    ]);
    expect(actual, `seed ${seed}, shape ${shape}, operands ${JSON.stringify(operands)}`).toEqual(expected);
  }
});

it("walks operands of one shape in a single run", () => {
  const runs: number[] = [];
  broadcastRuns(
    [
      [2, 3, 4],
      [2, 3, 4],
    ],
    [2, 3, 4],
    (_out, count) => runs.push(count),
  );
  expect(runs).toEqual([24]);
});
