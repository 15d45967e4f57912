import { ShapeError } from "../tensor/errors.ts";
import { formatShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import { copyRun, fromSlots, newSlots, slotsOf } from "./slots.ts";

/** Tensors of one dtype and shape, at least one, as the entries along a new axis at `axis` (counted from the front). Throws ShapeError where they differ. */
export function stackEntries(entries: readonly [Tensor, ...Tensor[]], axis: number, what: string): Tensor {
  const { dtype, shape } = entries[0];
  const odd = entries.find((entry) => entry.dtype !== dtype || entry.shape.join() !== shape.join());
  if (odd !== undefined) {
    throw new ShapeError(
      `${what} must keep their type to be stacked: one is ${dtype}${formatShape(shape)}, another ${odd.dtype}${formatShape(odd.shape)}.`,
    );
  }
  const outer = elementCount(shape.slice(0, axis));
  const target = newSlots(dtype, elementCount(shape) * entries.length);
  const run = elementCount(shape.slice(axis)) * target.width;
  entries.forEach((entry, i) => {
    const { data } = slotsOf(entry);
    for (let o = 0; o < outer; o++) copyRun(data, o * run, target.data, (o * entries.length + i) * run, run);
  });
  return fromSlots(target, shape.toSpliced(axis, 0, entries.length));
}
