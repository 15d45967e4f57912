import type { Tensor } from "../tensor/tensor.ts";
import { axisLines } from "./axis-lines.ts";
import { copyRun, fromSlots, newSlots, slotsOf } from "./slots.ts";

/** The entries of x along an axis (counted from the front) at the given places, in that order. */
export function takeEntries(x: Tensor, axis: number, places: readonly number[]): Tensor {
  const { outer, length, inner } = axisLines(x.shape, axis);
  const [source, target] = [slotsOf(x), newSlots(x.dtype, outer * places.length * inner)];
  const run = inner * source.width;
  let to = 0;
  for (let o = 0; o < outer; o++) {
    for (const place of places) {
      copyRun(source.data, (o * length + place) * run, target.data, to, run);
      to += run;
    }
  }
  return fromSlots(target, x.shape.with(axis, places.length));
}
