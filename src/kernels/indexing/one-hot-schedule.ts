import { resolveAxis } from "../../ops/axis.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { copyLaunch } from "../movement/copy-launch.ts";
import type { Width } from "../movement/copy-plan.ts";
import { elementBytes } from "../movement/element-bytes.ts";
import type { Schedule } from "../schedule.ts";
import { operand, result, use } from "../schedule.ts";
import { oneHot } from "./one-hot.ts";

const block = 4096;

export const oneHotSchedule: Schedule = {
  name: "oneHot",
  ops: ["oneHot"],
  plan({ attributes, operands: [indices, , values], results: [y] }) {
    if (indices === undefined || values === undefined || y === undefined) return "nobody uses the result";
    if (indices.dtype !== "i64" && indices.dtype !== "i32") return `indices of ${indices.dtype} have no kernels`;
    const width = elementBytes(values.dtype);
    if (typeof width === "string") return width;
    const axis = resolveAxis((attributes as { readonly axis: number }).axis, y.shape.length);
    const count = elementCount(y.shape);
    const n = elementCount(indices.shape);
    const off = { shape: [count], from: [0], to: [1], width, source: operand(2), target: result() };
    if (count === 0) return { launches: [] };
    return {
      launches: [
        ...copyLaunch(off),
        {
          kernel: use(oneHot, { body: width as Width, wide: indices.dtype === "i64" }),
          words: {
            indices: operand(0),
            on: operand(2, width),
            y: result(),
            n,
            depth: y.shape[axis] as number,
            inner: elementCount(y.shape.slice(axis + 1)),
            block,
          },
          items: Math.ceil(n / block),
          flops: 0,
          bytes: n * (8 + width),
        },
      ],
    };
  },
};
