import type { ArgExtremeAttributes } from "../../ops/arg-extreme.ts";
import { resolveAxis } from "../../ops/axis.ts";
import { axisLines } from "../../ops/axis-lines.ts";
import { bytesFor } from "../../tensor/dtype.ts";
import { storageOf } from "../elementwise/storage-of.ts";
import type { Schedule } from "../schedule.ts";
import { operand, result, use } from "../schedule.ts";
import { argExtremeBlock, argExtremeColumns, argExtremeRows, mostPlaces } from "./arg-extreme.ts";

export const argExtremeSchedule: Schedule = {
  name: "argExtreme",
  ops: ["argMax", "argMin"],
  plan({ op, attributes, operands: [x], results: [y] }) {
    if (x === undefined || y === undefined) return "nobody uses the result";
    const storage = storageOf(x.dtype);
    if (storage === undefined || storage === "i32") return `elements of ${x.dtype} may be none of f32`;
    const { axis, selectLastIndex = false } = attributes as ArgExtremeAttributes;
    const { outer, length, inner } = axisLines(x.shape, resolveAxis(axis, x.shape.length));
    if (outer * length * inner === 0) return "there are no elements to choose from";
    if (length > mostPlaces) return "its places are more than f32 counts";
    const options = { storage, greatest: op === "argMax", last: selectLastIndex };
    const work = { flops: outer * length * inner, bytes: bytesFor(x.dtype, outer * length * inner) };
    const places = { x: operand(0), y: result() };
    if (inner === 1) {
      const kernel = use(argExtremeRows, options);
      return { launches: [{ ...work, kernel, words: { ...places, n: length }, items: outer }] };
    }
    const blocks = Math.ceil(inner / argExtremeBlock);
    const words = { ...places, length, inner, blocks };
    return { launches: [{ ...work, kernel: use(argExtremeColumns, options), words, items: outer * blocks }] };
  },
};
