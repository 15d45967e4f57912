import { describe, expect, it } from "vitest";
import { contextFor } from "../graph/evaluate.ts";
import type { DecodeImage } from "../graph/image.ts";
import { UnsupportedError, UsageError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { tensor } from "../tensor/tensor.ts";
import type { PixelFormat } from "./decode-image.ts";
import { decodeImage } from "./decode-image.ts";

const bitmap = Uint8Array.of(0x42, 0x4d, 1, 2);

function decoded(pixels: PixelFormat, decode: DecodeImage | undefined, encoded = bitmap): Tensor {
  const context = contextFor(new Map(), { decodeImage: decode });
  return decodeImage.eval([tensor("u8", [encoded.length], encoded)], { pixels }, context) as Tensor;
}

/** A decoder of two pixels in a row. */
const pair =
  (...samples: number[]): DecodeImage =>
  () => ({ width: 2, height: 1, data: Uint8ClampedArray.from(samples) });

describe("decodeImage", () => {
  it.each([
    ["RGB", [1, 2, 3, 4, 5, 6]],
    ["BGR", [3, 2, 1, 6, 5, 4]],
  ] as const)("orders samples as %s, without alpha", (pixels, expected) => {
    for (const decode of [pair(1, 2, 3, 4, 5, 6), pair(1, 2, 3, 99, 4, 5, 6, 0)]) {
      const result = decoded(pixels, decode);
      expect(result).toEqual({ dtype: "u8", shape: [1, 2, 3], data: Uint8Array.from(expected) });
    }
  });

  it("repeats grey for three samples and keeps it for one", () => {
    for (const decode of [pair(7, 200), pair(7, 0, 200, 0)]) {
      expect(decoded("BGR", decode).data).toEqual(Uint8Array.of(7, 7, 7, 200, 200, 200));
      expect(decoded("Grayscale", decode)).toEqual({ dtype: "u8", shape: [1, 2, 1], data: Uint8Array.of(7, 200) });
    }
  });

  it("weighs colours by 299, 587 and 114 thousandths, to the nearest level", () => {
    let farthest = 0;
    for (let i = 0; i < 2 ** 24; i += 4099) {
      const [red, green, blue] = [i >> 16, (i >> 8) & 255, i & 255] as const;
      const [luma] = decoded("Grayscale", pair(red, green, blue, 0, 0, 0)).data;
      const exact = (299 * red + 587 * green + 114 * blue) / 1000;
      farthest = Math.max(farthest, Math.abs((luma as number) - exact));
    }
    expect(farthest).toBeLessThan(0.503);
    expect(decoded("Grayscale", pair(255, 255, 255, 255, 0, 0)).data).toEqual(Uint8Array.of(255, 76));
  });

  it("gives a picture without pixels for what cannot be decoded", () => {
    const empty = (samples: number) => ({ dtype: "u8", shape: [0, 0, samples], data: new Uint8Array(0) });
    expect(decoded("Grayscale", () => undefined)).toEqual(empty(1));
    const never: DecodeImage = () => {
      throw new Error("was asked");
    };
    expect(decoded("RGB", never, Uint8Array.of(1, 2, 3))).toEqual(empty(3));
    expect(decoded("RGB", never, new Uint8Array(0))).toEqual(empty(3));
  });

  it("tells the decoder the format, and gives it bytes of its own", () => {
    decoded("RGB", (encoded, format) => {
      expect([format, ...encoded]).toEqual(["bmp", ...bitmap]);
      encoded.fill(0);
      return undefined;
    });
    expect(bitmap[0]).toBe(0x42);
  });

  it("says what to install where there is no decoder", () => {
    const run = () => decoded("RGB", undefined);
    expect(run).toThrow(UnsupportedError);
    expect(run).toThrow(/got a bmp file of 4 bytes.*npm install @imagemagick\/magick-wasm.*option decodeImage/);
  });

  it.each([
    [{ width: 2, height: 1, data: new Uint8Array(5) }],
    [{ width: 2, height: 1, data: new Uint8Array(10) }],
    [{ width: 0, height: 0, data: new Uint8Array(0) }],
    [{ width: 1.5, height: 2, data: new Uint8Array(3) }],
    [{ width: 2, height: 1, data: new Float32Array(6) as unknown as Uint8Array }],
  ])("refuses %o of a decoder", (picture) => {
    expect(() => decoded("RGB", () => picture)).toThrow(UsageError);
  });
});
