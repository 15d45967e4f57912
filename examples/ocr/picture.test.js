// @ts-check
import { crc32, deflateSync } from "node:zlib";
import jpeg from "jpeg-js";
import { expect, test } from "vitest";
import { exifOrientation } from "./exif.js";
import { decodePicture, upright } from "./picture.js";

/**
 * A picture of one number a pixel, in the red channel.
 * @param {string} rows such as "123/456"
 */
function grid(rows) {
  const lines = rows.split("/");
  const data = Uint8Array.from([...lines.join("")].flatMap((digit) => [Number(digit), 0, 0]));
  return { width: lines[0].length, height: lines.length, data };
}

/**
 * @param {number} orientation
 * @param {boolean} little
 */
function exifBlock(orientation, little) {
  const view = new DataView(new ArrayBuffer(38));
  view.setUint16(0, little ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, little);
  view.setUint32(4, 8, little);
  view.setUint16(8, 2, little);
  const entries = /** @type {const} */ ([
    [0x0100, 4, 99],
    [0x0112, 3, orientation],
  ]);
  for (const [i, [tag, type, value]] of entries.entries()) {
    view.setUint16(10 + 12 * i, tag, little);
    view.setUint16(12 + 12 * i, type, little);
    view.setUint32(14 + 12 * i, 1, little);
    if (type === 3) view.setUint16(18 + 12 * i, value, little);
    else view.setUint32(18 + 12 * i, value, little);
  }
  return new Uint8Array(view.buffer);
}

/**
 * @param {string} type
 * @param {Uint8Array} body
 */
function pngChunk(type, body) {
  const chunk = Buffer.alloc(12 + body.length);
  chunk.writeUInt32BE(body.length, 0);
  chunk.write(type, 4, "latin1");
  chunk.set(body, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + body.length)), 8 + body.length);
  return chunk;
}

/**
 * @param {{ width: number, depth: number, colourType: number, rows: readonly (readonly number[])[], extra?: Buffer[] }} png
 */
function pngFile({ width, depth, colourType, rows, extra = [] }) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(rows.length, 4);
  header.set([depth, colourType, 0, 0, 0], 8);
  const data = deflateSync(Uint8Array.from(rows.flatMap((row) => [0, ...row])));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    pngChunk("IHDR", header),
    ...extra,
    pngChunk("IDAT", data),
    pngChunk("IEND", new Uint8Array()),
  ]);
}

/** What the EXIF standard says about 123/456, orientation by orientation. */
const ORIENTED = ["123/456", "321/654", "654/321", "456/123", "14/25/36", "41/52/63", "63/52/41", "36/25/14"];

test.each(ORIENTED.map((rows, i) => ({ orientation: i + 1, rows })))(
  "EXIF orientation $orientation shows $rows",
  ({ orientation, rows }) => {
    expect(upright(grid("123/456"), orientation)).toEqual(grid(rows));
  },
);

test.each([true, false])("the orientation is found in JPEG and PNG files, little endian: %s", (little) => {
  const block = exifBlock(6, little);
  const plain = jpeg.encode({ width: 8, height: 8, data: new Uint8Array(256).fill(128) }, 90).data;
  const segment = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 8 + block.length]), Buffer.from("Exif\0\0"), block]);
  const turned = Buffer.concat([plain.subarray(0, 2), segment, plain.subarray(2)]);
  expect(exifOrientation(plain)).toBe(1);
  expect(exifOrientation(turned)).toBe(6);
  const png = { width: 1, depth: 8, colourType: 0, rows: [[7]] };
  expect(exifOrientation(pngFile(png))).toBe(1);
  expect(exifOrientation(pngFile({ ...png, extra: [pngChunk("eXIf", block)] }))).toBe(6);
});

test("an orientation that EXIF does not know counts as upright", () => {
  const png = { width: 1, depth: 8, colourType: 0, rows: [[7]] };
  expect(exifOrientation(pngFile({ ...png, extra: [pngChunk("eXIf", exifBlock(9, true))] }))).toBe(1);
});

const PALETTE = pngChunk("PLTE", Uint8Array.from([255, 0, 0, 0, 255, 0, 0, 0, 255]));
const KINDS = /** @type {const} */ ([
  [
    "1-bit grey",
    { width: 3, depth: 1, colourType: 0, rows: [[0b10100000], [0b01000000]] },
    [255, 0, 255, 0, 255, 0].flatMap((v) => [v, v, v]),
  ],
  ["2-bit grey", { width: 3, depth: 2, colourType: 0, rows: [[0b00011100]] }, [0, 0, 0, 85, 85, 85, 255, 255, 255]],
  [
    "16-bit grey",
    { width: 2, depth: 16, colourType: 0, rows: [[0x12, 0xff, 0xfe, 0x01]] },
    [0x12, 0x12, 0x12, 0xfe, 0xfe, 0xfe],
  ],
  ["grey with alpha", { width: 2, depth: 8, colourType: 4, rows: [[0, 255, 100, 0]] }, [0, 0, 0, 255, 255, 255]],
  ["colour", { width: 1, depth: 8, colourType: 2, rows: [[1, 2, 3]] }, [1, 2, 3]],
  [
    "colour with alpha, on white",
    { width: 2, depth: 8, colourType: 6, rows: [[9, 8, 7, 255, 55, 55, 55, 128]] },
    [9, 8, 7, 155, 155, 155],
  ],
  [
    "colour with a transparent key",
    {
      width: 3,
      depth: 8,
      colourType: 2,
      rows: [[1, 2, 3, 1, 2, 4, 5, 5, 5]],
      extra: [pngChunk("tRNS", Uint8Array.from([0, 1, 0, 2, 0, 3]))],
    },
    [255, 255, 255, 1, 2, 4, 5, 5, 5],
  ],
  [
    "2-bit palette",
    { width: 3, depth: 2, colourType: 3, rows: [[0b10010000]], extra: [PALETTE] },
    [0, 0, 255, 0, 255, 0, 255, 0, 0],
  ],
  [
    "palette with transparency",
    { width: 2, depth: 8, colourType: 3, rows: [[0, 1]], extra: [PALETTE, pngChunk("tRNS", Uint8Array.from([0]))] },
    [255, 255, 255, 0, 255, 0],
  ],
]);

test.each(KINDS.map(([kind, png, expected]) => ({ kind, png, expected })))(
  "a PNG of $kind is decoded",
  ({ png, expected }) => {
    const { data } = decodePicture(pngFile({ ...png, extra: "extra" in png ? [...png.extra] : [] }), "test.png");
    expect(Array.from(data)).toEqual(expected);
  },
);

test("a JPEG keeps its colours", () => {
  const rgba = new Uint8Array(16 * 16 * 4).map((_, i) => [200, 40, 90, 255][i % 4]);
  const { width, height, data } = decodePicture(
    jpeg.encode({ width: 16, height: 16, data: rgba }, 95).data,
    "test.jpg",
  );
  expect([width, height, data.length]).toEqual([16, 16, 16 * 16 * 3]);
  for (const [i, value] of data.entries()) expect(Math.abs(value - [200, 40, 90][i % 3])).toBeLessThan(6);
});

test("a PNG that claims a huge size is refused before memory is taken", () => {
  const file = pngFile({ width: 60_000, depth: 8, colourType: 0, rows: [[0]] });
  file.writeUInt32BE(60_000, 20);
  expect(() => decodePicture(file, "huge.png")).toThrow(/huge\.png.*3600 megapixels are too many/);
});

test("a palette index without a colour is an error", () => {
  const file = pngFile({ width: 1, depth: 8, colourType: 3, rows: [[3]], extra: [PALETTE] });
  expect(() => decodePicture(file, "x.png")).toThrow(/pixel 0 has colour 3, but the palette has 3/);
});
