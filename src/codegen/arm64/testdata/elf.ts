/** Static ELF executables for AArch64 Linux, written by hand: enough for a program that never allocates. */

/** Bytes at an address. */
export interface Segment {
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly isCode: boolean;
}

const page = 4096;
const headerBytes = 64;
const programHeaderBytes = 56;

/** The file of a program that starts at `entry`. Segments do not share pages. */
export function writeElf(segments: readonly Segment[], entry: number): Uint8Array {
  let offset = headerBytes + programHeaderBytes * segments.length;
  const placed = segments.map((segment) => {
    offset += (((segment.address - offset) % page) + page) % page;
    const at = offset;
    offset += segment.bytes.length;
    return { ...segment, offset: at };
  });
  const file = new Uint8Array(offset);
  const view = new DataView(file.buffer);
  const u64 = (at: number, value: number): void => view.setBigUint64(at, BigInt(value), true);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 2, true);
  view.setUint16(18, 183, true);
  view.setUint32(20, 1, true);
  u64(24, entry);
  u64(32, headerBytes);
  view.setUint16(52, headerBytes, true);
  view.setUint16(54, programHeaderBytes, true);
  view.setUint16(56, segments.length, true);
  placed.forEach(({ address, bytes, isCode, offset: at }, i) => {
    const header = headerBytes + programHeaderBytes * i;
    view.setUint32(header, 1, true);
    view.setUint32(header + 4, isCode ? 5 : 6, true);
    for (const [field, value] of [at, address, address, bytes.length, bytes.length, page].entries())
      u64(header + 8 + 8 * field, value);
    file.set(bytes, at);
  });
  return file;
}
