import { formatType } from "../graph/type.ts";
import { isInteger } from "../tensor/dtype.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromNumbers, numbers } from "../tensor/numbers.ts";
import { formatShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementCount } from "../tensor/tensor.ts";
import { requireDType } from "./dtype-class.ts";
import { op } from "./op.ts";
import type { PaddedPlanes } from "./padded-planes.ts";
import type { PoolAttributes } from "./pool.ts";
import { evalPool, poolType, poolWindow } from "./pool.ts";
import { operandShape, tensorOperand } from "./tensor-operand.ts";

/** The least finite f32: what a window without any element gives. */
const least = -(2 - 2 ** -23) * 2 ** 127;

/**
 * The largest element of each window over x[batch, channels, ...spatial], where each row of a window (its elements along the last
 * axis) ends before the first element whose mask is 0. The mask [.., .., ...spatial] holds planes; the one of plane p of x starts
 * at its element (p · size of a plane) mod (number of its planes), and the first element of a plane is never masked:
 * com.microsoft.MaxpoolWithMask is defined by its implementation alone.
 */
export const maskedMaxPool = op("maskedMaxPool", ["x", "mask"], {
  infer([x, mask], attributes: PoolAttributes) {
    requireDType(tensorOperand(x, "x").dtype, "float", "x");
    const shape = operandShape(mask, "mask");
    const fits = shape === undefined || shape.length === attributes.kernel.length + 2;
    if (!isInteger(tensorOperand(mask, "mask").dtype) || !fits) {
      throw new ShapeError(
        `mask must be integers of the rank of x ${formatType(x.type)}, got ${formatType(mask.type)}.`,
      );
    }
    return poolType(x, attributes);
  },
  eval([x, mask], attributes: PoolAttributes) {
    const row = attributes.kernel.at(-1)!;
    const ended = fromNumbers(x.dtype, x.shape, withRowEnds(x, mask));
    return evalPool(ended, poolWindow(x, attributes), Number.NEGATIVE_INFINITY, (planes, start, out, outStart) =>
      maxOfRows(planes, row, start, (place, most) => {
        out[outStart + place] = most;
      }),
    );
  },
});

/** The elements of x; NaN, which never wins, where the mask ends a row. */
function withRowEnds(x: Tensor, mask: Tensor): Float64Array {
  const spatial = x.shape.slice(2);
  const [size, maskPlanes] = [elementCount(spatial), mask.shape[0]! * mask.shape[1]!];
  if (maskPlanes === 0 || mask.shape.slice(2).some((dim, i) => dim !== spatial[i])) {
    throw new ShapeError(`mask ${formatShape(mask.shape)} must have planes as large as x ${formatShape(x.shape)} has.`);
  }
  const [source, masked] = [numbers(x), numbers(mask)];
  return Float64Array.from({ length: source.length }, (_unused, i) => {
    const [plane, at] = [Math.floor(i / size), i % size];
    if (at > 0 && masked[((plane * size) % maskPlanes) + at] === 0) return Number.NaN;
    return Number.isNaN(source[i]!) ? Number.NEGATIVE_INFINITY : source[i]!;
  });
}

function maxOfRows(
  { data, positions, taps }: PaddedPlanes,
  row: number,
  start: number,
  write: (place: number, most: number) => void,
): void {
  for (let place = 0; place < positions.length; place++) {
    const from = start + positions[place]!;
    let most = least;
    for (let first = 0; first < taps.length; first += row) {
      for (let tap = first; tap < first + row; tap++) {
        const element = data[from + taps[tap]!]!;
        if (Number.isNaN(element)) break;
        if (element > most) most = element;
      }
    }
    write(place, most);
  }
}
