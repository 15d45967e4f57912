import type { TensorType } from "../graph/type.ts";
import { formatType } from "../graph/type.ts";
import { isFloat } from "../tensor/dtype.ts";
import { ShapeError, UsageError } from "../tensor/errors.ts";
import { fromNumbers } from "../tensor/numbers.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Picture } from "./picture.ts";

interface Layout {
  readonly channels: 1 | 3;
  readonly order: "channels first" | "channels last";
  readonly hasBatch: boolean;
}

/**
 * A picture in the layout that an input declares: [1,] channels, height, width or [1,] height, width, channels with 1 channel
 * (luma after ITU-R BT.601) or 3 (RGB); floats from 0 to 1, u8 from 0 to 255. Alpha is left out; nothing is resized. Throws
 * UsageError for an input that takes no picture, ShapeError when the sizes differ.
 */
export function pictureTensor(name: string, type: TensorType, picture: Picture): Tensor {
  const layout = layoutOf(name, type);
  const { width, height } = picture;
  const plane = width * height;
  const isFirst = layout.order === "channels first";
  const size = isFirst ? [layout.channels, height, width] : [height, width, layout.channels];
  const shape = layout.hasBatch ? [1, ...size] : size;
  checkSize(name, type, shape);
  const colours = layout.channels === 1 ? lumaOf(picture) : rgbOf(picture);
  const scale = isFloat(type.dtype) ? 1 / picture.white : 255 / picture.white;
  const values = new Float64Array(plane * layout.channels);
  for (let c = 0; c < layout.channels; c++) {
    for (let i = 0; i < plane; i++) {
      const value = colours(i, c) * scale;
      values[isFirst ? c * plane + i : i * layout.channels + c] = type.dtype === "u8" ? Math.round(value) : value;
    }
  }
  return fromNumbers(type.dtype, shape, values);
}

function layoutOf(name: string, type: TensorType): Layout {
  const { dtype, shape = [] } = type;
  if (!isFloat(dtype) && dtype !== "u8") {
    throw new UsageError(
      `Input "${name}" is ${formatType(type)}: a picture fits floats and u8. Pass FILE.npy instead.`,
    );
  }
  const hasBatch = shape.length === 4;
  const [first, last] = [shape[shape.length - 3], shape[shape.length - 1]];
  for (const [dim, order] of [
    [first, "channels first"],
    [last, "channels last"],
  ] as const) {
    if ((shape.length === 3 || hasBatch) && (dim === 1 || dim === 3)) return { channels: dim, order, hasBatch };
  }
  throw new UsageError(
    `Input "${name}" is ${formatType(type)}: a picture fits [N,C,H,W], [N,H,W,C], [C,H,W] and [H,W,C] with C = 1 or 3. Pass FILE.npy instead.`,
  );
}

function checkSize(name: string, type: TensorType, shape: readonly number[]): void {
  const declared = type.shape ?? [];
  if (shape.every((dim, axis) => typeof declared[axis] !== "number" || declared[axis] === dim)) return;
  throw new ShapeError(
    `Input "${name}" is ${formatType(type)}, the picture is [${shape.join(",")}]. Nothing is resized here: scale the picture first.`,
  );
}

type Sampler = (pixel: number, channel: number) => number;

const rgbOf = ({ channels, samples }: Picture): Sampler =>
  channels < 3
    ? (pixel) => samples[pixel * channels] ?? 0
    : (pixel, channel) => samples[pixel * channels + channel] ?? 0;

function lumaOf(picture: Picture): Sampler {
  const rgb = rgbOf(picture);
  if (picture.channels < 3) return rgb;
  return (pixel) => 0.299 * rgb(pixel, 0) + 0.587 * rgb(pixel, 1) + 0.114 * rgb(pixel, 2);
}
