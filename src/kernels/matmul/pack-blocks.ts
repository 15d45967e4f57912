import { numbers } from "../../tensor/numbers.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { elementCount } from "../../tensor/tensor.ts";
import type { Packed, TensorFacts } from "../schedule.ts";

export interface BlockTensors {
  readonly weights: TensorFacts;
  readonly scales: TensorFacts;
  readonly zeros: TensorFacts | undefined;
}

export interface BlockPanels {
  readonly bits: number;
  /** Columns of a panel. */
  readonly width: number;
}

/** Weights of few bits, their scales and zero points, rows [n][...] each, as panels [n / width][...][width]. */
export function packBlocks({ weights, scales, zeros }: BlockTensors, { bits, width }: BlockPanels): Packed[] {
  const n = weights.shape[0] as number;
  const blocks = scales.shape.at(-1) as number;
  const perColumn = n === 0 ? 0 : elementCount(weights.shape) / n / 4;
  const of = ({ constant }: TensorFacts): Tensor => constant as Tensor;
  return [
    panelsOf({ source: of(weights), key: "words", n, length: perColumn, width, read: () => wordsOf(of(weights)) }),
    panelsOf({
      source: of(scales),
      key: "scales",
      n,
      length: blocks,
      width,
      read: () => Float32Array.from(numbers(of(scales))),
    }),
    ...(zeros
      ? [
          panelsOf({
            source: of(zeros),
            key: `zeros ${bits}`,
            n,
            length: blocks,
            width,
            read: () => zerosOf(of(zeros), blocks, bits),
          }),
        ]
      : []),
  ];
}

interface Rows {
  readonly source: Tensor;
  readonly key: string;
  readonly n: number;
  /** Elements of a row. */
  readonly length: number;
  readonly width: number;
  readonly read: () => Int32Array | Float32Array;
}

function panelsOf({ source, key, n, length, width, read }: Rows): Packed {
  const elements = Math.ceil(n / width) * width * length;
  return {
    source,
    key: `panels of ${key} ${width}`,
    bytes: 4 * elements,
    write(target) {
      const from = read();
      const buffer = target.buffer as ArrayBuffer;
      const to =
        from instanceof Int32Array
          ? new Int32Array(buffer, target.byteOffset, elements)
          : new Float32Array(buffer, target.byteOffset, elements);
      for (let j = 0; j < n; j++) {
        const lane = j % width;
        const at = (j - lane) * length + lane;
        for (let p = 0; p < length; p++) to[at + p * width] = from[j * length + p] as number;
      }
    },
  };
}

/** Bytes as 32-bit words, wherever they begin. */
function wordsOf({ data }: Tensor): Int32Array {
  const { buffer, byteOffset, byteLength } = data as Uint8Array;
  return new Int32Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

/** A zero point for each block, from floats or from rows of few bits. */
function zerosOf(zeros: Tensor, blocks: number, bits: number): Float32Array {
  const values = numbers(zeros);
  if (zeros.dtype !== "u8") return Float32Array.from(values);
  const rowBytes = Math.ceil((blocks * bits) / 8);
  const rows = rowBytes === 0 ? 0 : values.length / rowBytes;
  return Float32Array.from({ length: rows * blocks }, (_, at) => {
    const bit = (at % blocks) * bits;
    const byte = values[Math.floor(at / blocks) * rowBytes + (bit >> 3)] as number;
    return (byte >> (bit & 7)) & (2 ** bits - 1);
  });
}
