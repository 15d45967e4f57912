import { requireDType } from "./dtype-class.ts";
import { op } from "./op.ts";
import type { PoolAttributes } from "./pool.ts";
import { evalPool, poolType, poolWindow } from "./pool.ts";
import { tensorOperand } from "./tensor-operand.ts";
import type { Window } from "./window.ts";

export interface AveragePoolAttributes extends PoolAttributes {
  /** Padding counts as elements of value 0; what a window in ceilMode covers beyond the padding never counts. */
  readonly countIncludePad?: boolean | undefined;
}

/** The mean of each window over x[batch, channels, ...spatial]. Sums of f32 are f32, in the order of the window, as kernels add them. */
export const averagePool = op("averagePool", ["x"], {
  infer([x], attributes: AveragePoolAttributes) {
    requireDType(tensorOperand(x, "x").dtype, "float", "x");
    return poolType(x, attributes);
  },
  eval([x], attributes: AveragePoolAttributes) {
    const window = poolWindow(x, attributes);
    const counts = elementsCounted(window, attributes.countIncludePad ?? false);
    const rounded = x.dtype === "f32" ? Math.fround : (sum: number) => sum;
    return evalPool(x, window, 0, ({ data, positions, taps }, start, out, outStart) => {
      for (let place = 0; place < positions.length; place++) {
        const from = start + positions[place]!;
        let sum = 0;
        for (let tap = 0; tap < taps.length; tap++) sum = rounded(sum + data[from + taps[tap]!]!);
        out[outStart + place] = sum / counts[place]!;
      }
    });
  },
});

/** How many elements each place of the window averages, in row-major order of the output. */
function elementsCounted(window: Window, countIncludePad: boolean): Float64Array {
  const { input, kernel, strides, dilations, begins, ends, output } = window;
  return input.reduce<Float64Array>((outer, size, axis) => {
    const [least, end] = countIncludePad ? [-begins[axis]!, size + ends[axis]!] : [0, size];
    const counts = new Float64Array(outer.length * output[axis]!);
    for (let place = 0; place < output[axis]!; place++) {
      const start = place * strides[axis]! - begins[axis]!;
      const tapsBefore = (index: number) =>
        Math.min(Math.max(Math.ceil((index - start) / dilations[axis]!), 0), kernel[axis]!);
      const count = tapsBefore(end) - tapsBefore(least);
      for (let i = 0; i < outer.length; i++) counts[i * output[axis]! + place] = outer[i]! * count;
    }
    return counts;
  }, Float64Array.of(1));
}
