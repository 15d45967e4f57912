import type { Storage } from "../../ir/type.ts";
import type { RotaryEmbeddingAttributes } from "../../ops/rotary-embedding.ts";
import { bytesFor } from "../../tensor/dtype.ts";
import { elementCount } from "../../tensor/tensor.ts";
import { collapse } from "../elementwise/collapse.ts";
import { storageOf } from "../elementwise/storage-of.ts";
import type { Place, Schedule, TensorFacts } from "../schedule.ts";
import { operand, result, use } from "../schedule.ts";
import { rotaryEmbedding, rotaryRows } from "./rotary-embedding.ts";

/** Rotary embeddings of floats. */
export const rotarySchedule: Schedule = {
  name: "rotary-embedding",
  ops: ["rotaryEmbedding"],
  plan({ operands, attributes, results }) {
    const [x, cos, sin] = operands as readonly [TensorFacts, TensorFacts, TensorFacts];
    const { interleaved } = attributes as RotaryEmbeddingAttributes;
    if (x.dtype === "f64") return "f64 has no kernels";
    if (results[0] === undefined) return "nobody uses the result";
    const [size, half] = [x.shape.at(-1) as number, cos.shape.at(-1) as number];
    const rowsOf = ({ shape }: TensorFacts): readonly number[] => shape.slice(0, -1);
    const rows = elementCount(rowsOf(x));
    const { extents, n, operands: walks } = collapse(rowsOf(x), [cos, sin].map(rowsOf));
    const storage = storageOf(x.dtype) as Storage;
    const words: Record<string, number | Place> = {
      ...{ x: operand(0), xPitch: size, y: result(), yPitch: size, cos: operand(1), sin: operand(2) },
      ...{ rows, half, size },
    };
    [...extents, n].forEach((extent, d) => {
      words[`extent${d}`] = extent;
      (["cos", "sin"] as const).forEach((name, i) => {
        const innermost = walks[i]?.repeats ? 0 : 1;
        words[`${name}Stride${d}`] = half * (walks[i]?.strides[d] ?? innermost);
      });
    });
    const items = size === 0 ? 0 : Math.ceil(rows / rotaryRows);
    const bytes = 2 * bytesFor(x.dtype, rows * size);
    const kernel = use(rotaryEmbedding, { rank: extents.length + 1, storage, interleaved });
    return { launches: [{ kernel, words, items, flops: 6 * rows * half, bytes }], inPlace: [0] };
  },
};
