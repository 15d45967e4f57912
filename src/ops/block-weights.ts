import { isAbsent } from "../graph/leaves.ts";
import { formatType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import type { Dim } from "../tensor/dim.ts";
import { isFloat, isInteger } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";
import { numbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { operandShape, tensorOperand } from "./tensor-operand.ts";

/** How the rows of a weight matrix are stored: blocks of elements of few bits, the first one in the low bits of the first byte. */
export type BlockWeightsAttributes = {
  readonly bits: 2 | 4 | 8;
  /** How many neighbours in a row share a scale and a zero point. */
  readonly blockSize: number;
};

/**
 * Checks weights of blocks and returns the shape of `packed`: u8 [..., rows, blocks, blockSize · bits / 8], with `scales`
 * [..., rows, blocks] of floats, and `zeroPoints` either floats of that shape or u8 packed along its last axis as the weights
 * are. Throws ShapeError where these certainly do not fit each other or rows of `depth` elements.
 */
export function blockWeightsShape(
  [packed, scales, zeroPoints]: readonly [Value, Value, Value],
  { bits, blockSize }: BlockWeightsAttributes,
  depth: Dim | undefined,
  rank: number,
): readonly Dim[] | undefined {
  const shape = operandShape(packed, "packed", rank);
  const scaleShape = operandShape(scales, "scales", rank - 1);
  const bytes = (blockSize * bits) / 8;
  const fitsBlock = shape === undefined || typeof shape.at(-1) !== "number" || shape.at(-1) === bytes;
  if (tensorOperand(packed, "packed").dtype !== "u8" || !fitsBlock) {
    throw new ShapeError(
      `packed must be u8 with ${bytes} bytes for a block of ${blockSize} elements of ${bits} bits, got ${formatType(packed.type)}.`,
    );
  }
  if (!isFloat(tensorOperand(scales, "scales").dtype) || differ(scaleShape, shape?.slice(0, -1))) {
    throw new ShapeError(
      `scales must be a float for each block of packed ${formatType(packed.type)}, got ${formatType(scales.type)}.`,
    );
  }
  requireZeroPoints(zeroPoints, scales, bits);
  const blocks = shape?.at(-2);
  if (typeof blocks === "number" && typeof depth === "number" && Math.ceil(depth / blockSize) !== blocks) {
    throw new ShapeError(
      `rows of ${depth} elements take ${Math.ceil(depth / blockSize)} blocks of ${blockSize}, but packed is ${formatType(packed.type)}.`,
    );
  }
  return shape;
}

function requireZeroPoints(zeroPoints: Value, scales: Value, bits: number): void {
  if (isAbsent(zeroPoints)) return;
  const { dtype, shape } = tensorOperand(zeroPoints, "zeroPoints");
  const expected = tensorOperand(scales, "scales").shape;
  const last = expected?.at(-1);
  const packed = typeof last === "number" ? expected?.with(-1, Math.ceil((last * bits) / 8)) : undefined;
  if (isFloat(dtype) ? !differ(shape, expected) : isInteger(dtype) && dtype === "u8" && !differ(shape, packed)) return;
  throw new ShapeError(
    `zeroPoints must be floats like scales ${formatType(scales.type)}, or u8 with ${bits} bits for each of them, got ${formatType(zeroPoints.type)}.`,
  );
}

const differ = (a: readonly Dim[] | undefined, b: readonly Dim[] | undefined): boolean =>
  a !== undefined &&
  b !== undefined &&
  (a.length !== b.length || a.some((dim, i) => typeof dim === "number" && typeof b[i] === "number" && dim !== b[i]));

/** The tensors of weights of blocks. */
export interface BlockWeights {
  readonly packed: Tensor;
  readonly scales: Tensor;
  /** The middle of the range where left out. */
  readonly zeroPoints?: Tensor | undefined;
  /** The number of the block whose scale an element of a row takes, for weights that are not in the order of their blocks. */
  readonly groups?: Tensor | undefined;
}

/** Writes `depth` elements of a row of the weights, counted over all their leading axes, as (element - zero point) · scale from `at` on. */
export type RowReader = (row: number, target: Float64Array, at: number) => void;

export function blockRows(
  { packed, scales, zeroPoints, groups }: BlockWeights,
  { bits, blockSize }: BlockWeightsAttributes,
  depth: number,
): RowReader {
  const [bytes, factors] = [packed.data as Uint8Array, numbers(scales)];
  const blocks = scales.shape.at(-1)!;
  const rowBytes = (blocks * blockSize * bits) / 8;
  const zeroOf = zeroReader(zeroPoints, blocks, bits);
  const groupOf = groups && numbers(groups);
  const mask = 2 ** bits - 1;
  return (row, target, at) => {
    const from = row * rowBytes;
    for (let block = 0; block < blocks; block++) {
      const [first, end] = [block * blockSize, Math.min(depth, (block + 1) * blockSize)];
      let [scale, zero] = [factors[row * blocks + block]!, zeroOf(row, block)];
      for (let k = first; k < end; k++) {
        if (groupOf !== undefined) [scale, zero] = [factors[row * blocks + groupOf[k]!]!, zeroOf(row, groupOf[k]!)];
        const bit = k * bits;
        target[at + k] = (((bytes[from + (bit >> 3)]! >> (bit & 7)) & mask) - zero) * scale;
      }
    }
  };
}

function zeroReader(
  zeroPoints: Tensor | undefined,
  blocks: number,
  bits: number,
): (row: number, block: number) => number {
  if (zeroPoints === undefined) return () => 2 ** (bits - 1);
  const values = numbers(zeroPoints);
  if (zeroPoints.dtype !== "u8") return (row, block) => values[row * blocks + block]!;
  const [rowBytes, mask] = [Math.ceil((blocks * bits) / 8), 2 ** bits - 1];
  return (row, block) => (values[row * rowBytes + ((block * bits) >> 3)]! >> ((block * bits) & 7)) & mask;
}
