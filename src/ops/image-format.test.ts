import { expect, it } from "vitest";
import { imageFormat } from "./image-format.ts";

const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

it.each([
  ["bmp", "BM\x7a\x00"],
  ["jpeg", "\xff\xd8\xff\xe0\x00\x10JFIF"],
  ["jpeg2000", "\x00\x00\x00\x0cjP  \r\n\x87\n\x00\x00\x00\x14ftypjp2 "],
  ["jpeg2000", "\xff\x4f\xff\x51\x00\x2f"],
  ["png", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"],
  ["tiff", "II*\x00\x08\x00\x00\x00"],
  ["tiff", "MM\x00*\x00\x00\x00\x08"],
  ["webp", "RIFF\x1a\x00\x00\x00WEBPVP8L"],
  ["pnm", "P1\n2 2\n0 1 1 0"],
  ["pnm", "P6 1 1 255\n..."],
  ["pnm", "P7\nWIDTH 1\n"],
])("knows %s by its first bytes", (format, start) => {
  expect(imageFormat(bytesOf(start))).toBe(format);
});

it.each(["", "B", "P8\n", "P6", "Pn 1 1", "GIF89a", "RIFF\x1a\x00\x00\x00WAVEfmt ", "\xff\xd8", "<svg/>", "%PDF-1.7"])(
  "knows no format of %j",
  (start) => {
    expect(imageFormat(bytesOf(start))).toBeUndefined();
  },
);
