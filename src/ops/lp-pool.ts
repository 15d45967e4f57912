import { requireDType } from "./dtype-class.ts";
import { op } from "./op.ts";
import type { PoolAttributes } from "./pool.ts";
import { evalPool, poolType, poolWindow } from "./pool.ts";
import { tensorOperand } from "./tensor-operand.ts";

export interface LpPoolAttributes extends PoolAttributes {
  readonly p: number;
}

/** (Σ |element|ᵖ)^(1/p) of each window over x[batch, channels, ...spatial]; padding adds nothing. */
export const lpPool = op("lpPool", ["x"], {
  infer([x], attributes: LpPoolAttributes) {
    requireDType(tensorOperand(x, "x").dtype, "float", "x");
    return poolType(x, attributes);
  },
  eval([x], attributes: LpPoolAttributes) {
    const { p } = attributes;
    return evalPool(x, poolWindow(x, attributes), 0, ({ data, positions, taps }, start, out, outStart) => {
      for (let place = 0; place < positions.length; place++) {
        let sum = 0;
        for (let tap = 0; tap < taps.length; tap++) sum += Math.abs(data[start + positions[place]! + taps[tap]!]!) ** p;
        out[outStart + place] = sum ** (1 / p);
      }
    });
  },
});
