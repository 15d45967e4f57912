import type { DType } from "../../tensor/dtype.ts";
import { elementCount } from "../../tensor/tensor.ts";
import type { Launch, Place, TensorFacts } from "../schedule.ts";
import { operand, temporary, use } from "../schedule.ts";
import { unpackBits } from "./unpack-bits.ts";

/** An operand as kernels compute with it. */
export interface Unpacked {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly place: Place;
}

const blockBytes = 4096;

/** Operands of a step, those of 4 bits unpacked to bytes in temporaries first. */
export class Unpacking {
  readonly launches: Launch[] = [];
  readonly temporaries: number[] = [];

  operand({ dtype, shape }: TensorFacts, index: number): Unpacked {
    if (dtype !== "i4" && dtype !== "u4") return { dtype, shape, place: operand(index) };
    const n = elementCount(shape);
    const place = temporary(this.temporaries.push(n) - 1);
    if (n > 0) {
      this.launches.push({
        kernel: use(unpackBits, { signed: dtype === "i4" }),
        words: { x: operand(index), y: place, n, block: blockBytes },
        items: Math.max(1, Math.ceil(Math.floor(n / 2) / blockBytes)),
        flops: 0,
        bytes: 1.5 * n,
      });
    }
    return { dtype: dtype === "i4" ? "i8" : "u8", shape, place };
  }
}
