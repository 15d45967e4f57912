import { knownDims } from "../graph/known-dims.ts";
import { formatType, tensorType } from "../graph/type.ts";
import type { Dim } from "../tensor/dim.ts";
import { unknownDim } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import { rowMajorStrides } from "../tensor/shape.ts";
import { elementCount } from "../tensor/tensor.ts";
import { requireDType } from "./dtype-class.ts";
import { op } from "./op.ts";
import { operandShape, tensorOperand } from "./tensor-operand.ts";

export interface AffineGridAttributes {
  /** -1 and 1 are the centres of the outermost elements, not their outer edges. */
  readonly alignCorners: boolean;
}

const maxAxes = 64;

/**
 * The grid that `gridSample` needs to map a picture by theta[batch, axes, axes + 1]: theta · (coordinates from -1 to 1, last axis
 * first, then 1) at every place of `size` = (batch, channels, ...spatial). The result is [batch, ...spatial, axes].
 */
export const affineGrid = op("affineGrid", ["theta", "size"], {
  infer([theta, size], _attributes: AffineGridAttributes) {
    const { dtype } = tensorOperand(theta, "theta");
    requireDType(dtype, "float", "theta");
    const shape = operandShape(theta, "theta", 3);
    const sizes = knownDims(size);
    const axes = shape?.[1] ?? (sizes === undefined ? unknownDim : sizes.length - 2);
    if (typeof axes !== "number") return tensorType(dtype, undefined);
    if (axes > maxAxes) throw new ShapeError(`theta ${formatType(theta.type)} has more than ${maxAxes} axes to map.`);
    if (sizes !== undefined && sizes.length !== axes + 2) {
      throw new ShapeError(
        `size must have ${axes + 2} elements for theta ${formatType(theta.type)}, got ${sizes.length}.`,
      );
    }
    const spatial = sizes?.slice(2) ?? new Array<Dim>(axes).fill(unknownDim);
    return tensorType(dtype, [shape?.[0] ?? sizes?.[0] ?? unknownDim, ...spatial, axes]);
  },
  eval([theta, size], { alignCorners }: AffineGridAttributes) {
    const sizes = Array.from(numbers(size)).slice(2);
    const [batch, axes] = [theta.shape[0]!, sizes.length];
    if (theta.shape[1] !== axes || theta.shape[2] !== axes + 1 || sizes.some((length) => length < 0)) {
      throw new ShapeError(`theta [${theta.shape.join(", ")}] does not fit a grid of [${sizes.join(", ")}].`);
    }
    const shape = [batch, ...sizes, axes];
    const [matrix, strides, places] = [numbers(theta), rowMajorStrides(sizes), elementCount(sizes)];
    const out = new Float64Array(elementCount(shape));
    for (let n = 0, at = 0; n < batch; n++) {
      for (let place = 0; place < places; place++) {
        for (let row = 0; row < axes; row++) {
          const from = (n * axes + row) * (axes + 1);
          let sum = matrix[from + axes]!;
          for (let column = 0; column < axes; column++) {
            const axis = axes - 1 - column;
            const index = Math.floor(place / strides[axis]!) % sizes[axis]!;
            sum += matrix[from + column]! * coordinate(index, sizes[axis]!, alignCorners);
          }
          out[at++] = sum;
        }
      }
    }
    return fromNumbers(theta.dtype, shape, out);
  },
});

function coordinate(index: number, size: number, alignCorners: boolean): number {
  if (alignCorners) return size === 1 ? -1 : (2 * index) / (size - 1) - 1;
  return (2 * index + 1) / size - 1;
}
