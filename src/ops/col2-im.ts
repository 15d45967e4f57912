import { knownDims } from "../graph/known-dims.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Dim } from "../tensor/dim.ts";
import { exactDivDims, productOfDims, unknownDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import { formatShape, rowMajorStrides } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import { requireDType } from "./dtype-class.ts";
import { indexNumbers, indexVector } from "./index-operand.ts";
import { op } from "./op.ts";
import { operandShape, tensorOperand } from "./tensor-operand.ts";

type Col2ImAttributes = {
  /** One entry a spatial axis; ones when left out. */
  readonly dilations?: readonly number[];
  readonly strides?: readonly number[];
  /** Elements of padding around the image: before each axis, then after each; zeros when left out. */
  readonly pads?: readonly number[];
};

/**
 * Images [batch, channels, ...image] from their columns [batch, channels·block elements, places of the block]: each element is the
 * sum of the column elements that a sliding block took from it.
 */
export const col2Im = op("col2Im", ["x", "image", "block"], {
  infer([x, image, block], _attributes: Col2ImAttributes) {
    const shape = operandShape(x, "x", 3);
    const { dtype } = tensorOperand(x, "x");
    requireDType(dtype, "numeric", "x");
    const [sizes, kernel] = [indexVector(image, "image"), indexVector(block, "block")];
    const rank = sizes?.length ?? kernel?.length;
    if (rank === undefined) return tensorType(dtype, undefined);
    if (kernel?.length !== undefined && kernel.length !== rank) {
      throw new ShapeError(
        `image and block must have one entry an axis each, got ${formatType(image.type)} and ${formatType(block.type)}.`,
      );
    }
    const blockDims = knownDims(block);
    const channels = shape && blockDims ? exactDivDims(shape[1]!, productOfDims(blockDims)) : unknownDim;
    const spatial = sizes?.dims ?? Array.from({ length: rank }, (): Dim => unknownDim);
    return tensorType(dtype, [shape?.[0] ?? unknownDim, channels, ...spatial]);
  },
  eval: ([x, image, block], attributes: Col2ImAttributes) =>
    addColumns(x, indexNumbers(image), indexNumbers(block), attributes),
});

function addColumns(
  x: Tensor,
  image: readonly number[],
  block: readonly number[],
  attributes: Col2ImAttributes,
): Tensor {
  const rank = image.length;
  const {
    dilations = block.map(() => 1),
    strides = block.map(() => 1),
    pads = new Array<number>(2 * rank).fill(0),
  } = attributes;
  const places = image.map((size, i) => {
    const room = size + pads[i]! + pads[i + rank]! - dilations[i]! * (block[i]! - 1) - 1;
    return Math.floor(room / strides[i]!) + 1;
  });
  const [batch, rows, columns] = x.shape as readonly [number, number, number];
  const channels = rows / elementCount(block);
  if (!Number.isInteger(channels) || columns !== elementCount(places)) {
    const wanted = `${elementCount(places)} columns of a multiple of ${elementCount(block)} elements`;
    throw new ShapeError(`x ${formatShape(x.shape)} does not hold ${wanted}, as image and block ask for.`);
  }
  const shape = [batch, channels, ...image];
  const [source, target] = [numbers(x), new Float64Array(elementCount(shape))];
  const axes = image.map((size, i) => ({ size, stride: strides[i]!, dilation: dilations[i]!, pad: pads[i]! }));
  const offsets = pixelOffsets(axes, block, places);
  for (let plane = 0; plane < batch * channels; plane++) {
    const base = plane * elementCount(image);
    for (let i = 0; i < offsets.length; i++) {
      if (offsets[i]! >= 0) target[base + offsets[i]!]! += source[plane * offsets.length + i]!;
    }
  }
  return fromNumbers(x.dtype, shape, target);
}

interface SlidingAxis {
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  readonly pad: number;
}

/** The pixel that each (block element, place of the block) was taken from; -1 in the padding. */
function pixelOffsets(axes: readonly SlidingAxis[], block: readonly number[], places: readonly number[]): Int32Array {
  const pitch = rowMajorStrides(axes.map(({ size }) => size));
  const [inBlock, inPlaces] = [rowMajorStrides(block), rowMajorStrides(places)];
  const columns = elementCount(places);
  return Int32Array.from({ length: elementCount(block) * columns }, (_unused, n) => {
    const [element, place] = [Math.floor(n / columns), n % columns];
    let offset = 0;
    for (const [i, { size, stride, dilation, pad }] of axes.entries()) {
      const k = Math.floor(element / inBlock[i]!) % block[i]!;
      const p = Math.floor(place / inPlaces[i]!) % places[i]!;
      const at = p * stride + k * dilation - pad;
      if (at < 0 || at >= size) return -1;
      offset += at * pitch[i]!;
    }
    return offset;
  });
}
