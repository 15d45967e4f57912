import { expect, test } from "vitest";
import { dtypeNames } from "../tensor/dtype.ts";
import { createRandom } from "../tensor/random.ts";
import { rowMajorStrides } from "../tensor/shape.ts";
import { elementCount } from "../tensor/tensor.ts";
import type { Slots } from "./slots.ts";
import { copySlots, fromSlots, newSlots, slotsOf } from "./slots.ts";
import { stridedCopy } from "./strided-copy.ts";

const seed = 20;

/** Slots that hold their own place, so that a misplaced element shows. */
function numbered(slots: Slots): Slots {
  for (let i = 0; i < slots.data.length; i++) slots.data[i] = slots.dtype === "string" ? `s${i}` : i % 4;
  return slots;
}

test(`random permuted, repeated and reversed copies equal a loop over indices, seed ${seed}`, () => {
  const random = createRandom(seed);
  for (let round = 0; round < 400; round++) {
    const dtype = dtypeNames[random.int(0, dtypeNames.length)]!;
    const shape = Array.from({ length: random.int(0, 5) }, () => random.int(0, round % 20 === 0 ? 40 : 5));
    const dense = rowMajorStrides(shape);
    const order = shape.map((_dim, i) => i).sort(() => random.uniform());
    const permuted = rowMajorStrides(order.map((axis) => shape[axis]!));
    const strides = shape.map((_dim, axis) => [1, 1, -1, 0][random.int(0, 4)]! * permuted[order.indexOf(axis)]!);
    const offset = strides.reduce((sum, stride, i) => sum + Math.max(0, -stride) * Math.max(0, shape[i]! - 1), 0);
    const source = numbered(newSlots(dtype, elementCount(shape)));
    const target = newSlots(dtype, elementCount(shape));
    stridedCopy(shape, { slots: source, offset, strides }, { slots: target, offset: 0, strides: dense });
    const { width } = source;
    const expected = Array.from({ length: elementCount(shape) * width }, (_unused, slot) => {
      const element = Math.floor(slot / width);
      const place = dense.reduce(
        (sum, pitch, i) => sum + (Math.floor(element / pitch) % shape[i]!) * strides[i]!,
        offset,
      );
      return source.data[place * width + (slot % width)];
    });
    expect(Array.from(target.data), `round ${round}: ${dtype} [${shape}] strides [${strides}]`).toEqual(expected);
  }
});

test.each(dtypeNames)("the slots of %s make the same tensor again", (dtype) => {
  const t = fromSlots(numbered(newSlots(dtype, 5)), [5]);
  expect(t.dtype).toBe(dtype);
  const copy = fromSlots(copySlots(t), [5]);
  expect(copy.data).toEqual(t.data);
  expect(copy.data).not.toBe(t.data);
  expect(slotsOf(t).data.length).toBe(5 * slotsOf(t).width);
});
