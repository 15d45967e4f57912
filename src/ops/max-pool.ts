import type { DType } from "../tensor/dtype.ts";
import { dtypes } from "../tensor/dtype.ts";
import { requireDType } from "./dtype-class.ts";
import { op } from "./op.ts";
import type { PaddedPlanes } from "./padded-planes.ts";
import type { PoolAttributes } from "./pool.ts";
import { evalPool, poolType, poolWindow } from "./pool.ts";
import { tensorOperand } from "./tensor-operand.ts";

/** The largest element of each window over x[batch, channels, ...spatial]; padding never wins, NaN always does. */
export const maxPool = op("maxPool", ["x"], {
  infer([x], attributes: PoolAttributes) {
    requireDType(tensorOperand(x, "x").dtype, "numeric", "x");
    return poolType(x, attributes);
  },
  eval: ([x], attributes: PoolAttributes) => evalPool(x, poolWindow(x, attributes), lowest(x.dtype), maxOfWindows),
});

function lowest(dtype: DType): number {
  const { kind, bits } = dtypes[dtype];
  if (kind === "int") return -(2 ** (bits - 1));
  return kind === "uint" ? 0 : Number.NEGATIVE_INFINITY;
}

function maxOfWindows(
  { data, positions, taps }: PaddedPlanes,
  start: number,
  out: Float32Array | Float64Array,
  outStart: number,
): void {
  for (let place = 0; place < positions.length; place++) {
    const from = start + positions[place]!;
    let most = Number.NEGATIVE_INFINITY;
    for (let tap = 0; tap < taps.length; tap++) {
      const element = data[from + taps[tap]!]!;
      if (element > most || Number.isNaN(element)) most = element;
    }
    out[outStart + place] = most;
  }
}
