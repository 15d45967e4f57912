import type { Schedule } from "../schedule.ts";
import { operand, result, use } from "../schedule.ts";
import { l2Normalize } from "./l2-normalize.ts";

/** Rows of the last axis, f32. */
export const l2NormalizeSchedule: Schedule = {
  name: "l2-normalize",
  ops: ["l2Normalize"],
  plan({ attributes, operands: [x], results: [y] }) {
    if (x?.dtype !== "f32" || y === undefined) return "only f32 has this kernel";
    const n = x.shape.at(-1) ?? 1;
    const elements = x.shape.reduce((product, dim) => product * dim, 1);
    return {
      launches: [
        {
          kernel: use(l2Normalize, {}),
          words: { x: operand(0), xPitch: n, y: result(), yPitch: n, n, eps: Number(attributes["epsilon"]) },
          items: elements / n,
          flops: 3 * elements,
          bytes: 8 * elements,
        },
      ],
      inPlace: [0],
    };
  },
};
