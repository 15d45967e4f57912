import { formatType, tensorType } from "../graph/type.ts";
import { unknownDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { NumberArray } from "../tensor/numbers.ts";
import { numbers } from "../tensor/numbers.ts";
import { tensor } from "../tensor/tensor.ts";
import { requireDType } from "./dtype-class.ts";
import { op } from "./op.ts";
import { tensorOperand } from "./tensor-operand.ts";

/**
 * The cheapest way through a matrix of costs ([M,N] or [1,M,N]) from its first to its last entry by steps of one down, right or both:
 * i32 [2,L], the rows and the columns on the way.
 */
export const dynamicTimeWarping = op("dynamicTimeWarping", ["costs"], {
  infer([costs]) {
    const { dtype, shape } = tensorOperand(costs, "costs");
    requireDType(dtype, "float", "costs");
    const isMatrix =
      shape === undefined ||
      shape.length === 2 ||
      (shape.length === 3 && (typeof shape[0] !== "number" || shape[0] === 1));
    if (isMatrix) return tensorType("i32", [2, unknownDim]);
    throw new ShapeError(`costs must have the shape [M,N] or [1,M,N], got ${formatType(costs.type)}.`);
  },
  eval([costs]) {
    const [rows = 0, columns = 0] = costs.shape.slice(-2);
    const way = traceBack(cameFrom(numbers(costs), rows, columns), rows, columns);
    return tensor("i32", [2, way.length], Int32Array.from([...way.map(([i]) => i), ...way.map(([, j]) => j)]));
  },
});

const [both, down, right] = [0, 1, 2];

/** For each entry the step that leads to it at the lowest sum, in f32. Among equal ones a step down or right goes before both. */
function cameFrom(costs: NumberArray, rows: number, columns: number): Uint8Array {
  const width = columns + 1;
  const sums = new Float32Array((rows + 1) * width).fill(Number.POSITIVE_INFINITY);
  const steps = new Uint8Array(rows * columns);
  sums[0] = 0;
  for (let j = 1; j <= columns; j++) {
    for (let i = 1; i <= rows; i++) {
      const at = i * width + j;
      const [viaBoth, viaDown, viaRight] = [sums[at - width - 1]!, sums[at - width]!, sums[at - 1]!];
      const isBoth = viaBoth < viaDown && viaBoth < viaRight;
      const step = isBoth ? both : viaDown < viaBoth && viaDown < viaRight ? down : right;
      sums[at] = costs[(i - 1) * columns + j - 1]! + [viaBoth, viaDown, viaRight][step]!;
      steps[(i - 1) * columns + j - 1] = step;
    }
  }
  return steps;
}

function traceBack(steps: Uint8Array, rows: number, columns: number): (readonly [number, number])[] {
  const way: (readonly [number, number])[] = [];
  let [i, j] = [rows - 1, columns - 1];
  while (i >= 0 && j >= 0) {
    way.push([i, j]);
    const step = i === 0 ? right : j === 0 ? down : steps[i * columns + j]!;
    if (step !== right) i--;
    if (step !== down) j--;
  }
  return way.reverse();
}
