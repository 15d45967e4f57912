// @ts-check
import { decode } from "fast-png";

/** @import { DecodedPng } from "fast-png" */
/** @import { Picture } from "./types.js" */
/** @typedef {Picture["data"]} Bytes */
/** @typedef {(samples: Bytes, pixel: number, rgba: Bytes) => void} ReadColour */

const INDEXED = 3;

/**
 * Decodes a PNG file of any colour type and depth; what is transparent shows white.
 * @param {Uint8Array} bytes
 * @param {number} maxMegapixels
 * @returns {Picture}
 */
export function decodePng(bytes, maxMegapixels) {
  const header = readHeader(bytes);
  const megapixels = (header.width * header.height) / 1e6;
  if (megapixels > maxMegapixels) throw new Error(`${megapixels.toFixed(0)} megapixels are too many`);
  if (header.interlaced && header.depth < 8) throw new Error("interlaced pictures need 8 bits or more per channel");
  const png = decode(bytes, { checkCrc: true });
  const { width, height } = png;
  const samples = samplesOf(png);
  const readColour = header.colourType === INDEXED ? indexedColour(png) : directColour(png);
  const data = new Uint8Array(width * height * 3);
  const rgba = new Uint8Array(4);
  for (let i = 0; i < width * height; i++) {
    rgba[3] = 255;
    readColour(samples, i, rgba);
    const alpha = rgba[3] / 255;
    for (let c = 0; c < 3; c++) data[3 * i + c] = 255.5 + (rgba[c] - 255) * alpha;
  }
  return { width, height, data };
}

/** @param {Uint8Array} bytes */
function readHeader(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 33) throw new Error("the file ends within its header");
  return {
    width: view.getUint32(16),
    height: view.getUint32(20),
    depth: view.getUint8(24),
    colourType: view.getUint8(25),
    interlaced: view.getUint8(28) !== 0,
  };
}

/**
 * One byte for each channel of each pixel, as stored: unpacked where they share bytes, the upper half of 16 bits.
 * @param {DecodedPng} png
 * @returns {Bytes}
 */
function samplesOf({ width, height, channels, depth, data }) {
  if (depth === 8) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (depth === 16) return Uint8Array.from(data, (value) => value >> 8);
  const rowBytes = Math.ceil((width * depth) / 8);
  const samples = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      const byte = data[y * rowBytes + (bit >> 3)];
      samples[y * width + x] = (byte >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
    }
  }
  return samples;
}

/**
 * @param {DecodedPng} png
 * @returns {ReadColour}
 */
function indexedColour({ palette = [] }) {
  return (samples, pixel, rgba) => {
    const colour = palette[samples[pixel]];
    if (!colour) throw new Error(`pixel ${pixel} has colour ${samples[pixel]}, but the palette has ${palette.length}`);
    rgba.set(colour);
  };
}

/**
 * @param {DecodedPng} png
 * @returns {ReadColour}
 */
function directColour({ channels, depth, transparency }) {
  const colours = channels < 3 ? 1 : 3;
  const hasAlpha = channels > colours;
  const full = depth < 8 ? (1 << depth) - 1 : 255;
  const toByte = depth === 16 ? 8 : 0;
  const clear = transparency && Array.from(transparency, (value) => value >> toByte);
  return (samples, pixel, rgba) => {
    const at = pixel * channels;
    for (let c = 0; c < 3; c++) rgba[c] = (samples[at + (c % colours)] * 255) / full;
    if (hasAlpha) rgba[3] = samples[at + colours];
    else if (clear?.every((value, c) => value === samples[at + c])) rgba[3] = 0;
  };
}
