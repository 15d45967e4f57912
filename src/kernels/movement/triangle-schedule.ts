import { elementCount } from "../../tensor/tensor.ts";
import type { Schedule } from "../schedule.ts";
import { operand, result, use } from "../schedule.ts";
import { elementBytes } from "./element-bytes.ts";
import { keepTriangle } from "./keep-triangle.ts";
import { knownNumbers } from "./movement-schedule.ts";

const itemWords = 8192;

export const triangleSchedule: Schedule = {
  name: "trilu",
  ops: ["trilu"],
  plan({ attributes, operands: [x, k], results: [y] }) {
    if (x === undefined || y === undefined) return "nobody uses the result";
    const width = elementBytes(x.dtype);
    if (typeof width === "string") return width;
    const [given] = k === undefined ? [0] : (knownNumbers(k) ?? []);
    if (given === undefined) return "its diagonal is known only while it runs";
    const [rows, columns] = x.shape.slice(-2) as [number, number];
    const count = elementCount(x.shape);
    if (count === 0) return { launches: [] };
    const words = Math.max(1, width / 4);
    const length = columns * words;
    const total = count / columns;
    const block = Math.max(1, Math.floor(itemWords / length));
    const { upper } = attributes as { readonly upper: boolean };
    const storage = width === 1 ? "u8" : width === 2 ? "u16" : "i32";
    const diagonal = Math.max(-rows, Math.min(columns, given));
    return {
      launches: [
        {
          kernel: use(keepTriangle, { upper, storage }),
          words: { x: operand(0), y: result(), total, rows, columns, words, length, diagonal, block },
          items: Math.ceil(total / block),
          flops: 0,
          bytes: 2 * count * width,
        },
      ],
      inPlace: [0],
    };
  },
};
