/** Constants that fit into instructions. */

/** The 12 bits (immr, imms) that stand for a 32-bit mask in logical instructions: a rotated run of ones, repeated; or undefined. */
export function maskImmediate(value: number): number | undefined {
  return table().get(value | 0);
}

let masks: Map<number, number> | undefined;

/** All masks that can be written, by value. */
function table(): Map<number, number> {
  if (masks) return masks;
  masks = new Map();
  for (let size = 2; size <= 32; size *= 2) {
    for (let ones = 1; ones < size; ones++) {
      const run = 2 ** ones - 1;
      for (let rotation = 0; rotation < size; rotation++) {
        const element = rotation === 0 ? run : rotateRight(run, rotation, size);
        let value = 0;
        for (let at = 0; at < 32; at += size) value |= element << at;
        const imms = size === 32 ? ones - 1 : ((-2 * size) & 0x3f) | (ones - 1);
        masks.set(value | 0, (rotation << 6) | imms);
      }
    }
  }
  return masks;
}

function rotateRight(value: number, by: number, size: number): number {
  const mask = size === 32 ? -1 : 2 ** size - 1;
  return ((value >>> by) | (value << (size - by))) & mask;
}

const bytes = new DataView(new ArrayBuffer(4));

/** The bits of an f32. */
export function floatBits(value: number): number {
  bytes.setFloat32(0, value);
  return bytes.getInt32(0);
}

/** Whether fmov can make this f32: ±(16 to 31)/16 · 2^(-3 to 4). */
export function isFloat8(value: number): boolean {
  const bits = floatBits(value);
  const exponent = (bits >> 23) & 0xff;
  return (bits & 0x7ffff) === 0 && exponent >= 124 && exponent <= 131;
}
