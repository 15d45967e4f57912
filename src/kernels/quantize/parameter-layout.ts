import { resolveAxis } from "../../ops/axis.ts";
import type { QuantizationAttributes } from "../../ops/quantization.ts";
import { elementCount } from "../../tensor/tensor.ts";

/** Shapes under which a scale or zero point broadcasts to x as numpy does. */
export interface ParameterLayout {
  readonly x: readonly number[];
  readonly parameter: (shape: readonly number[]) => readonly number[];
}

/** x with its axis in blocks, where scales are one a block; or in words why there are none. */
export function parameterLayout(
  x: readonly number[],
  scale: readonly number[],
  { axis = 1, blockSize = 0 }: QuantizationAttributes,
): ParameterLayout | string {
  const one = (shape: readonly number[]): boolean => elementCount(shape) === 1;
  if (one(scale)) return { x, parameter: () => [] };
  const at = resolveAxis(axis, x.length);
  const dim = x[at] as number;
  if (blockSize === 0) return { x, parameter: (shape) => (one(shape) ? [] : x.map((_, i) => (i === at ? dim : 1))) };
  if (dim % blockSize !== 0) return "the last block is short";
  const blocks = x.toSpliced(at, 1, dim / blockSize, blockSize);
  return { x: blocks, parameter: (shape) => (one(shape) ? [] : blocks.with(at + 1, 1)) };
}
