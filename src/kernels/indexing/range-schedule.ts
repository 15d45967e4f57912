import { bytesFor } from "../../tensor/dtype.ts";
import type { Schedule } from "../schedule.ts";
import { operand, result, use } from "../schedule.ts";
import { range } from "./range.ts";

const block = 4096;
/** Beyond it a place in the range is no f32. */
const mostElements = 2 ** 24;

export const rangeSchedule: Schedule = {
  name: "range",
  ops: ["range"],
  plan({ results: [y] }) {
    if (y === undefined) return "nobody uses the result";
    const { dtype, shape } = y;
    const n = shape[0] as number;
    if (dtype !== "f32" && dtype !== "i32" && dtype !== "i64") return `ranges of ${dtype} have no kernels`;
    if (dtype === "f32" && n > mostElements) return "it has more elements than f32 counts";
    return {
      launches: [
        {
          kernel: use(range, { dtype }),
          words: { start: operand(0), delta: operand(2), y: result(), n, block },
          items: Math.ceil(n / block),
          flops: 2 * n,
          bytes: bytesFor(dtype, n),
        },
      ],
    };
  },
};
