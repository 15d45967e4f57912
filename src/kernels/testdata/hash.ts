import { createHash } from "node:crypto";

/** A hash of the bits, with all NaNs alike. */
export function hash(values: Float32Array): string {
  const bits = new Uint32Array(values.length);
  const view = new DataView(bits.buffer);
  values.forEach((value, i) => {
    if (Number.isNaN(value)) bits[i] = 0x7fc00000;
    else view.setFloat32(4 * i, value, true);
  });
  return createHash("sha256").update(bits).digest("hex").slice(0, 16);
}
