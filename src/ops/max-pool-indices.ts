import { tensorType } from "../graph/type.ts";
import { numbers } from "../tensor/numbers.ts";
import { rowMajorStrides } from "../tensor/shape.ts";
import { elementCount, tensor } from "../tensor/tensor.ts";
import { requireDType } from "./dtype-class.ts";
import { op } from "./op.ts";
import { gridOffsets } from "./padded-planes.ts";
import type { PoolAttributes } from "./pool.ts";
import { poolType, poolWindow } from "./pool.ts";
import { tensorOperand } from "./tensor-operand.ts";
import type { Window } from "./window.ts";

export interface MaxPoolIndicesAttributes extends PoolAttributes {
  /** Count the elements of a plane with the first spatial axis running fastest, not the last. */
  readonly isColumnMajor?: boolean | undefined;
}

/** For each result of `maxPool`, the flat i64 index in all of x of the element that won, the first one among equals or NaNs. */
export const maxPoolIndices = op("maxPoolIndices", ["x"], {
  infer([x], attributes: MaxPoolIndicesAttributes) {
    requireDType(tensorOperand(x, "x").dtype, "numeric", "x");
    return tensorType("i64", poolType(x, attributes).shape);
  },
  eval([x], attributes: MaxPoolIndicesAttributes) {
    const window = poolWindow(x, attributes);
    const shape = [x.shape[0]!, x.shape[1]!, ...window.output];
    const [pitch, places] = [elementCount(window.input), elementCount(window.output)];
    const winners = new BigInt64Array(elementCount(shape));
    const data = numbers(x);
    const counting =
      attributes.isColumnMajor === true ? columnMajorStrides(window.input) : rowMajorStrides(window.input);
    const names = gridOffsets(window.input, counting);
    for (let place = 0; place < places; place++) {
      const inside = tapsInside(window, place);
      for (let plane = 0; plane < x.shape[0]! * x.shape[1]!; plane++) {
        let best = inside[0] ?? 0;
        for (const tap of inside) if (beats(data[plane * pitch + tap]!, data[plane * pitch + best]!)) best = tap;
        winners[plane * places + place] = BigInt(plane * pitch + names[best]!);
      }
    }
    return tensor("i64", shape, winners);
  },
});

const beats = (a: number, b: number): boolean => a > b || (Number.isNaN(a) && !Number.isNaN(b));

function columnMajorStrides(shape: readonly number[]): number[] {
  return rowMajorStrides([...shape].reverse()).reverse();
}

/** The offsets in a plane of x of the window's elements at one place, without those that lie in the padding. */
function tapsInside({ input, kernel, strides, dilations, begins, output }: Window, place: number): number[] {
  const [inputSteps, outputSteps] = [rowMajorStrides(input), rowMajorStrides(output)];
  return input.reduce<number[]>(
    (offsets, size, axis) => {
      const first = (Math.floor(place / outputSteps[axis]!) % output[axis]!) * strides[axis]! - begins[axis]!;
      const along = Array.from({ length: kernel[axis]! }, (_unused, tap) => first + tap * dilations[axis]!);
      const inside = along.filter((index) => index >= 0 && index < size);
      return offsets.flatMap((offset) => inside.map((index) => offset + index * inputSteps[axis]!));
    },
    [0],
  );
}
