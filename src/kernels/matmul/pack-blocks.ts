import { numbers } from "../../tensor/numbers.ts";
import type { ElementRuns } from "../../tensor/stored-tensor.ts";
import { elementRuns, reinterpret } from "../../tensor/stored-tensor.ts";
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
    panelsOf({
      ...{ source: of(weights), key: "words", n, length: perColumn, width, array: Int32Array },
      read: () => elementRuns(reinterpret(of(weights), "i32", [n * perColumn])),
    }),
    panelsOf({
      ...{ source: of(scales), key: "scales", n, length: blocks, width, array: Float32Array },
      read: () => elementRuns(of(scales)),
    }),
    ...(zeros
      ? [
          panelsOf({
            ...{ source: of(zeros), key: `zeros ${bits}`, n, length: blocks, width, array: Float32Array },
            read: () => zeroRuns(of(zeros), blocks, bits),
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
  readonly array: Int32ArrayConstructor | Float32ArrayConstructor;
  readonly read: () => ElementRuns;
}

function panelsOf({ source, key, n, length, width, array, read }: Rows): Packed {
  const elements = Math.ceil(n / width) * width * length;
  return {
    source,
    key: `panels of ${key} ${width}`,
    bytes: 4 * elements,
    write(target) {
      const runs = read();
      const to = new array(target.buffer as ArrayBuffer, target.byteOffset, elements);
      for (let j = 0; j < n; j++) {
        const from = runs(j * length, length);
        const lane = j % width;
        const at = (j - lane) * length + lane;
        for (let p = 0; p < length; p++) to[at + p * width] = from[p] as number;
      }
    },
  };
}

/** A zero point for each block, from floats or from rows of few bits. */
function zeroRuns(zeros: Tensor, blocks: number, bits: number): ElementRuns {
  if (zeros.dtype !== "u8") return elementRuns(zeros);
  const values = numbers(zeros);
  const rowBytes = Math.ceil((blocks * bits) / 8);
  const rows = rowBytes === 0 ? 0 : values.length / rowBytes;
  const all = Uint8Array.from({ length: rows * blocks }, (_, at) => {
    const bit = (at % blocks) * bits;
    const byte = values[Math.floor(at / blocks) * rowBytes + (bit >> 3)] as number;
    return (byte >> (bit & 7)) & (2 ** bits - 1);
  });
  return (first, count) => all.subarray(first, first + count);
}
