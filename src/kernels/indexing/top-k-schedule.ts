import { resolveAxis } from "../../ops/axis.ts";
import { axisLines } from "../../ops/axis-lines.ts";
import { bytesFor } from "../../tensor/dtype.ts";
import { storageOf } from "../elementwise/storage-of.ts";
import type { Schedule } from "../schedule.ts";
import { operand, result, temporary, use } from "../schedule.ts";
import { topK } from "./top-k.ts";
import { leastLength, topKSieve } from "./top-k-sieve.ts";

/** Beyond it sorting the line is quicker than putting elements in their places. */
const mostPlaces = 512;

export const topKSchedule: Schedule = {
  name: "topK",
  ops: ["topK"],
  plan({ attributes, operands: [x], results: [values, places] }) {
    const made = values ?? places;
    if (x === undefined || made === undefined) return "nobody uses the results";
    const storage = storageOf(x.dtype);
    if (storage === undefined || storage === "i32") return `elements of ${x.dtype} may be none of f32`;
    const { axis, largest } = attributes as { readonly axis: number; readonly largest: boolean };
    const at = resolveAxis(axis, x.shape.length);
    const { outer, length, inner } = axisLines(x.shape, at);
    const count = made.shape[at] as number;
    if (outer * inner * count === 0) return { launches: [] };
    if (count > mostPlaces) return `${count} of ${length} elements are better sorted`;
    const capacity = 2 ** Math.max(4, Math.ceil(Math.log2(count)));
    const sizes = [bytesFor(x.dtype, outer * count * inner), 8 * outer * count * inner] as const;
    const temporaries: number[] = [];
    const spare = (bytes: number) => temporary(temporaries.push(bytes) - 1);
    const work = outer * inner * (length + count * count);
    const isSieved = inner === 1 && length >= leastLength(capacity);
    const launch = {
      kernel: isSieved
        ? use(topKSieve, { storage, largest, capacity })
        : use(topK, { storage, largest, capacity, dense: inner === 1 }),
      words: {
        x: operand(0),
        values: values ? result(0) : spare(sizes[0]),
        places: places ? result(1) : spare(sizes[1]),
        length,
        ...(isSieved ? {} : { inner }),
        count,
      },
      items: outer * inner,
      flops: work,
      bytes: bytesFor(x.dtype, outer * length * inner),
    };
    return { launches: [launch], temporaries };
  },
};
