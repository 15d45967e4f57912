import { crc32, deflateSync } from "node:zlib";
import { encode as encodePng } from "fast-png";
import jpeg from "jpeg-js";
import { expect, test } from "vitest";
import { decodePicture } from "./picture.ts";

/** A PNG written after its specification: signature, IHDR, extra chunks, IDAT with filter 0, IEND. */
function png(
  width: number,
  height: number,
  kind: { depth: number; colour: number },
  rows: number[][],
  extra: Buffer[] = [],
) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([kind.depth, kind.colour, 0, 0, 0], 8);
  const data = deflateSync(Buffer.from(rows.flatMap((row) => [0, ...row])));
  const parts = [chunk("IHDR", header), ...extra, chunk("IDAT", data), chunk("IEND", Buffer.alloc(0))];
  return new Uint8Array(Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), ...parts]));
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

test("PNG: RGB, RGBA, 16-bit grey", () => {
  const rgb = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
  const decoded = decodePicture(encodePng({ width: 2, height: 2, data: rgb, channels: 3 }), "p.png");
  expect(decoded).toEqual({ width: 2, height: 2, channels: 3, samples: rgb, white: 255 });
  const rgba = Uint8Array.of(1, 2, 3, 4);
  expect(decodePicture(encodePng({ width: 1, height: 1, data: rgba, channels: 4 }), "p.png").samples).toEqual(rgba);
  const grey = Uint16Array.of(0, 65535, 258);
  const deep = encodePng({ width: 3, height: 1, data: grey, channels: 1, depth: 16 });
  expect(decodePicture(deep, "p.png")).toEqual({ width: 3, height: 1, channels: 1, samples: grey, white: 65535 });
});

test("PNG: samples of less than a byte, rows that end within one", () => {
  const bits = png(10, 2, { depth: 1, colour: 0 }, [
    [0b10110011, 0b01000000],
    [0b00000000, 0b11000000],
  ]);
  expect(decodePicture(bits, "p.png")).toEqual({
    width: 10,
    height: 2,
    channels: 1,
    white: 1,
    samples: Uint8Array.of(1, 0, 1, 1, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1),
  });
  const nibbles = png(3, 1, { depth: 4, colour: 0 }, [[0x1f, 0x70]]);
  expect(decodePicture(nibbles, "p.png")).toMatchObject({ white: 15, samples: Uint8Array.of(1, 15, 7) });
});

test("PNG: a palette gives colours", () => {
  const palette = chunk("PLTE", Buffer.from([10, 20, 30, 40, 50, 60]));
  const indexed = png(2, 1, { depth: 8, colour: 3 }, [[1, 0]], [palette]);
  expect(decodePicture(indexed, "p.png")).toEqual({
    width: 2,
    height: 1,
    channels: 3,
    samples: Uint8Array.of(40, 50, 60, 10, 20, 30),
    white: 255,
  });
});

test("JPEG", () => {
  const data = Uint8Array.from({ length: 8 * 8 * 4 }, (_unused, i) => [200, 100, 50, 255][i % 4] as number);
  const { data: bytes } = jpeg.encode({ width: 8, height: 8, data }, 100);
  const { width, height, channels, samples, white } = decodePicture(new Uint8Array(bytes), "p.jpg");
  expect({ width, height, channels, white }).toEqual({ width: 8, height: 8, channels: 4, white: 255 });
  for (const [i, expected] of [200, 100, 50].entries()) {
    expect(Math.abs((samples[i] as number) - expected)).toBeLessThanOrEqual(3);
  }
});

test("what is no picture, or a damaged one, is refused under its name", () => {
  expect(() => decodePicture(new TextEncoder().encode("GIF89a"), "p.gif")).toThrow(
    '"p.gif" is neither a PNG nor a JPEG: it begins with the bytes 47 49 46 38 39 61. Convert it',
  );
  const whole = encodePng({ width: 2, height: 2, data: new Uint8Array(12), channels: 3 });
  expect(() => decodePicture(whole.slice(0, 40), "cut.png")).toThrow(/"cut.png" is a damaged PNG: .*Save it again/);
  const flipped = whole.slice();
  flipped[45] = (flipped[45] as number) ^ 0xff;
  expect(() => decodePicture(flipped, "bad.png")).toThrow(/"bad.png" is a damaged PNG/);
  expect(() => decodePicture(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 4), "cut.jpg")).toThrow(
    /"cut.jpg" is a damaged JPEG/,
  );
});
