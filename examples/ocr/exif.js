// @ts-check

const ORIENTATION_TAG = 0x0112;
const SHORT = 3;

/**
 * How the camera was held, from the EXIF data of a JPEG or PNG file: 1 to 8 as EXIF defines them, 1 (upright) where the
 * file does not say.
 * @param {Uint8Array} bytes
 * @returns {number}
 */
export function exifOrientation(bytes) {
  const tiff = bytes[0] === 0xff ? exifOfJpeg(bytes) : exifOfPng(bytes);
  const orientation = tiff ? orientationInTiff(tiff) : undefined;
  return orientation !== undefined && orientation >= 1 && orientation <= 8 ? orientation : 1;
}

/** @param {Uint8Array} bytes */
function exifOfJpeg(bytes) {
  const view = viewOf(bytes);
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1];
    const length = view.getUint16(at + 2);
    if (marker === 0xda || length < 2) return undefined;
    const segment = bytes.subarray(at + 4, at + 2 + length);
    if (marker === 0xe1 && ascii(segment, 0, 6) === "Exif\0\0") return segment.subarray(6);
    at += 2 + length;
  }
  return undefined;
}

/** @param {Uint8Array} bytes */
function exifOfPng(bytes) {
  const view = viewOf(bytes);
  let at = 8;
  while (at + 12 <= bytes.length) {
    const length = view.getUint32(at);
    const type = ascii(bytes, at + 4, 4);
    if (type === "eXIf") return bytes.subarray(at + 8, at + 8 + length);
    if (type === "IEND") return undefined;
    at += 12 + length;
  }
  return undefined;
}

/** @param {Uint8Array} tiff */
function orientationInTiff(tiff) {
  if (tiff.length < 8) return undefined;
  const view = viewOf(tiff);
  const little = ascii(tiff, 0, 2) === "II";
  const directory = view.getUint32(4, little);
  if (directory + 2 > tiff.length) return undefined;
  const count = view.getUint16(directory, little);
  for (let i = 0; i < count; i++) {
    const entry = directory + 2 + 12 * i;
    if (entry + 12 > tiff.length) return undefined;
    const isOrientation =
      view.getUint16(entry, little) === ORIENTATION_TAG && view.getUint16(entry + 2, little) === SHORT;
    if (isOrientation) return view.getUint16(entry + 8, little);
  }
  return undefined;
}

/** @param {Uint8Array} bytes */
function viewOf(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * @param {Uint8Array} bytes
 * @param {number} from
 * @param {number} count
 */
function ascii(bytes, from, count) {
  return String.fromCharCode(...bytes.subarray(from, from + count));
}
