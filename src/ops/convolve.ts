import type { EvalContext } from "../graph/op.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { NumberArray } from "../tensor/numbers.ts";
import { elementCount } from "../tensor/tensor.ts";
import { denseProduct, evenOffsets } from "./dense-product.ts";
import { offsetSums, paddedPlanes } from "./padded-planes.ts";
import type { WindowAttributes } from "./window.ts";
import { settleWindow } from "./window.ts";

export interface ConvAttributes extends Omit<WindowAttributes, "ceilMode"> {
  /** The channels are split into this many groups that do not mix. */
  readonly group?: number | undefined;
}

/** Numbers with their shape. */
export interface Numbers {
  readonly data: NumberArray;
  readonly shape: readonly number[];
}

/** The shape of a convolution's result: [batch, output channels, ...places of the window]. */
export function convolvedShape(x: readonly number[], w: readonly number[], attributes: ConvAttributes): number[] {
  return [x[0]!, w[0]!, ...settleWindow(x.slice(2), w.slice(2), attributes).output];
}

type Shaped = { readonly shape: readonly number[] };

/** Throws ShapeError when x has not the channels that w is made for. */
export function checkChannels(x: Shaped, w: Shaped, expected: number): void {
  if (x.shape[1] === expected) return;
  throw new ShapeError(
    `x [${x.shape.join(", ")}] has ${x.shape[1]} channels, w [${w.shape.join(", ")}] needs ${expected}.`,
  );
}

/** The operands of a convolution and the array that takes its result. */
export interface Convolution {
  readonly x: Numbers;
  readonly w: Numbers;
  readonly bias: NumberArray | undefined;
  readonly out: NumberArray;
}

/**
 * Writes the convolution of x with w, plus bias, into `out`: for each group a matrix product of w with the windows of x, which
 * are reached by offsets into padded planes. Sums are f64, over channels, then over the window.
 */
export function convolve({ x, w, bias, out }: Convolution, attributes: ConvAttributes, context: EvalContext): void {
  const { group = 1 } = attributes;
  checkChannels(x, w, w.shape[1]! * group);
  const [batch, channels] = [x.shape[0]!, x.shape[1]!];
  const [outputs, depth] = [w.shape[0]! / group, channels / group];
  const window = settleWindow(x.shape.slice(2), w.shape.slice(2), attributes);
  const { data, pitch, positions, taps } = paddedPlanes(x.data, batch * channels, window, 0);
  const [places, inner] = [positions.length, depth * taps.length];
  if (elementCount([batch, outputs, places]) === 0) return;
  const tables = {
    a: { rows: evenOffsets(outputs, inner), columns: evenOffsets(inner, 1) },
    b: { rows: offsetSums(evenOffsets(depth, pitch), taps), columns: positions },
    c: { rows: evenOffsets(outputs, places), columns: evenOffsets(places, 1) },
    bias: { rows: evenOffsets(outputs, 1), columns: evenOffsets(places, 0) },
  };
  for (let plane = 0; plane < batch * group; plane++) {
    const g = plane % group;
    denseProduct(
      { data: w.data, offset: g * outputs * inner, ...tables.a },
      { data, offset: plane * depth * pitch, ...tables.b },
      { data: out, offset: plane * outputs * places, ...tables.c },
      { plus: bias && { data: bias, offset: g * outputs, ...tables.bias }, context },
    );
  }
}
