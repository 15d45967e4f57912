import { constant } from "../../../graph/leaves.ts";
import type { Value } from "../../../graph/value.ts";
import { slice } from "../../../ops/slice.ts";
import { unpack } from "../../../ops/unpack.ts";
import { FormatError } from "../../../tensor/errors.ts";
import { scalar } from "../../../tensor/numbers.ts";
import type { OnnxNode } from "../node.ts";
import { requiredAttribute, sizeOf } from "../shape-values.ts";

/** The widths in which weights are stored in bytes. */
export type WeightBits = 2 | 4 | 8;

const dtypeOfBits = { 2: "u2", 4: "u4", 8: "u8" } as const;

/** The attribute "bits". */
export function weightBits(node: OnnxNode, name = "bits"): WeightBits {
  const bits = node.int(name, 4);
  if (bits === 2 || bits === 4 || bits === 8) return bits;
  throw new FormatError(`the attribute "${name}" must be 2, 4 or 8, got ${bits}.`);
}

/** The most that a size given by an attribute may be. */
const maxSize = 2 ** 31 - 1;

/** An attribute that is a size: a positive integer. */
export function sizeAttribute(node: OnnxNode, name: string): number {
  const size = requiredAttribute(node.int(name), name);
  if (size > 0 && size <= maxSize) return size;
  throw new FormatError(`the attribute "${name}" must be a size from 1 to ${maxSize}, got ${size}.`);
}

/** Bytes whose last axis holds elements of `bits` bits. */
export const unpackBytes = (x: Value, bits: WeightBits): Value =>
  bits === 8 ? x : unpack(x, { to: dtypeOfBits[bits] });

/** The same, for zero points that belong to the entries of `scales`: the padding of the last byte is dropped. */
export const unpackZeroPoints = (x: Value, scales: Value, bits: WeightBits): Value =>
  bits === 8 ? x : slice(unpackBytes(x, bits), [0], sizeOf(scales, -1), [-1], undefined);

/** The middle of the range, which weights without zero points have for zero. */
export const middleZeroPoint = (bits: WeightBits): Value => constant(scalar(dtypeOfBits[bits], 2 ** (bits - 1)));
