import { resolveAxes } from "../../ops/axis.ts";
import type { ReduceAttributes } from "../../ops/reduction.ts";
import { bytesFor, isFloat } from "../../tensor/dtype.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { elementStorageOf } from "../elementwise/storage-of.ts";
import type { Schedule } from "../schedule.ts";
import { operand, result, use } from "../schedule.ts";
import type { IntegerReduction } from "./reduce-integers.ts";
import { reduceIntegers } from "./reduce-integers.ts";

const reductionOf: Readonly<Record<string, IntegerReduction>> = {
  reduceSum: "sum",
  reduceMax: "max",
  reduceMin: "min",
};

const itemElements = 4096;

/** Reductions of integers over axes that stand side by side. */
export const reduceIntegersSchedule: Schedule = {
  name: "reduceIntegers",
  ops: Object.keys(reductionOf),
  plan({ op, attributes, operands: [x], results: [y] }) {
    if (x === undefined || y === undefined) return "nobody uses the result";
    const storage = elementStorageOf(x.dtype);
    if (storage === undefined || isFloat(x.dtype)) return `${x.dtype} has no reduction kernels`;
    const { shape, dtype } = x;
    const count = elementCount(shape);
    if (count === 0) return "it reduces no elements";
    const { axes } = attributes as ReduceAttributes;
    const reduced = axes === undefined ? shape.map((_, i) => i) : resolveAxes(axes, shape.length);
    const real = [...reduced].sort((a, b) => a - b).filter((axis) => shape[axis] !== 1);
    const [first = 0, last = -1] = [real[0], real.at(-1)];
    if (shape.slice(first, last + 1).some((dim, i) => dim !== 1 && !real.includes(first + i)))
      return "its axes do not stand side by side";
    const length = elementCount(shape.slice(first, last + 1));
    const inner = elementCount(shape.slice(Math.max(first, last + 1)));
    const lines = count / length;
    const block = Math.max(1, Math.floor(itemElements / length));
    return {
      launches: [
        {
          kernel: use(reduceIntegers, { reduction: reductionOf[op] as IntegerReduction, storage }),
          words: { x: operand(0), y: result(), lines, length, inner, block },
          items: Math.ceil(lines / block),
          flops: count,
          bytes: bytesFor(dtype, count + lines),
        },
      ],
    };
  },
};
