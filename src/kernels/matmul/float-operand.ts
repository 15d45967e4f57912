import type { Storage } from "../../ir/type.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { elementwise } from "../elementwise/elementwise.ts";
import { storageOf } from "../elementwise/storage-of.ts";
import type { Launch, Place, TensorFacts } from "../schedule.ts";
import { operand, temporary, use } from "../schedule.ts";

/** Elements that one item converts. */
const blockElements = 4096;

/** An operand as f32 in memory: itself, or converted into temporary memory by a launch before. */
export interface FloatOperand {
  readonly place: Place;
  readonly launches: readonly Launch[];
  readonly temporaries: readonly number[];
}

/** Operand `index` as f32; `next` is the number of the next temporary. */
export function floatOperand({ dtype, shape }: TensorFacts, index: number, next: number): FloatOperand {
  if (dtype === "f32") return { place: operand(index), launches: [], temporaries: [] };
  const [n, storage] = [elementCount(shape), storageOf(dtype) as Storage];
  const blocks = Math.max(1, Math.ceil(n / blockElements));
  const options = { rank: 0, operands: [{ storage, repeats: false }], result: "f32" } as const;
  const launch: Launch = {
    kernel: use(elementwise, { ...options, formula: (_, x) => x as NonNullable<typeof x> }, `${storage} to f32`),
    words: { x0: operand(index), y: temporary(next), n, blocks, block: blockElements },
    items: n === 0 ? 0 : blocks,
    flops: n,
    bytes: 6 * n,
  };
  return { place: temporary(next), launches: [launch], temporaries: [4 * n] };
}
