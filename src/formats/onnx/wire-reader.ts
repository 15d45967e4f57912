import type { StoredBytes } from "../../tensor/stored-bytes.ts";
import { readAll } from "../../tensor/stored-bytes.ts";
import { StoredFile } from "./stored-file.ts";

/** Protobuf wire types. */
export const wireKinds = { varint: 0, fixed64: 1, lengthDelimited: 2, startGroup: 3, endGroup: 4, fixed32: 5 } as const;

/** A varint takes at most this, and fixed numbers less. */
const numberBytes = 10;

/** Groups within groups. */
const mostGroups = 100;

/**
 * Reads numbers, bytes and fields to skip in the wire format of protobuf: from bytes in memory, or from a file through a window that moves along.
 * Throws a RangeError for what is malformed, or goes beyond the end.
 */
export class WireReader {
  readonly size: number;
  /** Whether the latest varint had more bits than the number that was read from it. */
  isCut = false;
  readonly #file: StoredFile | undefined;
  /** What is in memory: all of it, or of a file some bytes from `#base` on. */
  #bytes: Uint8Array;
  #numbers: DataView;
  #base = 0;
  /** The next byte, in what is in memory. */
  #next = 0;
  #window: Uint8Array | undefined;

  constructor(bytes: Uint8Array | StoredFile) {
    this.size = bytes.length;
    this.#file = bytes instanceof StoredFile ? bytes : undefined;
    // A plain view: slices of a Node Buffer would be Buffers.
    this.#bytes =
      bytes instanceof StoredFile ? new Uint8Array(0) : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#numbers = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length);
  }

  /** Where the next byte lies, counted from the beginning. */
  get at(): number {
    return this.#base + this.#next;
  }

  /** A field's number and wire type, as number · 8 + type. */
  tag(): number {
    const tag = this.uint32();
    if (this.isCut) throw new RangeError("illegal tag: varint overflows uint32");
    if (tag < 8 || (tag & 7) > wireKinds.fixed32)
      throw new RangeError(`illegal tag: field ${tag >>> 3}, type ${tag & 7}`);
    return tag;
  }

  /** A varint's low 32 bits. */
  uint32(): number {
    this.#reach(numberBytes);
    let value = 0;
    this.isCut = false;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#byte();
      if (shift < 32) value |= (byte & 0x7f) << shift;
      this.isCut ||= shift === 28 ? byte > 0x0f : shift > 28;
      if (byte < 0x80) return value >>> 0;
    }
    throw new RangeError("invalid varint of more than 10 bytes");
  }

  uint64(): bigint {
    this.#reach(numberBytes);
    let low = 0;
    for (let scale = 1; scale < 2 ** 49; scale *= 128) {
      const byte = this.#byte();
      low += (byte & 0x7f) * scale;
      if (byte < 0x80) return BigInt(low);
    }
    let value = BigInt(low);
    for (let shift = 49n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new RangeError("invalid varint of more than 10 bytes");
  }

  float(): number {
    this.#reach(numberBytes);
    this.#next += 4;
    return this.#numbers.getFloat32(this.#next - 4, true);
  }

  double(): number {
    this.#reach(numberBytes);
    this.#next += 8;
    return this.#numbers.getFloat64(this.#next - 8, true);
  }

  /** The next bytes: a view of those in memory, but a copy of a file's, whose memory is used again. */
  bytes(length: number): Uint8Array {
    const file = this.#file;
    const at = this.at;
    const [from, to] = [this.#next, this.#next + length];
    this.#next = to;
    if (file === undefined) return this.#bytes.subarray(from, to);
    if (to <= this.#bytes.length) return this.#bytes.slice(from, to);
    return readAll({ length, read: (target) => file.read(target, at) });
  }

  /** The next bytes, or where they lie in the file. */
  data(length: number): Uint8Array | StoredBytes {
    const file = this.#file;
    if (file === undefined || length <= file.sizes.heldBytes) return this.bytes(length);
    const data = file.bytes(this.at, length);
    this.#next += length;
    return data;
  }

  /** How many varints end in the next bytes. */
  varintsIn(length: number): number {
    this.#reach(length);
    let count = 0;
    for (let i = 0; i < length; i++) if ((this.#bytes[this.#next + i] as number) < 0x80) count++;
    return count;
  }

  /** Skips what follows a tag. */
  skip(tag: number, groups = mostGroups): void {
    const type = tag & 7;
    if (type === wireKinds.startGroup) this.#skipGroup(tag, groups);
    else if (type === wireKinds.endGroup) throw new RangeError("a group of wire type 4 ends that was not begun");
    else if (type === wireKinds.fixed32) this.#next += 4;
    else if (type === wireKinds.fixed64) this.#next += 8;
    else {
      const number = this.uint32();
      if (type === wireKinds.lengthDelimited) this.#next += number;
    }
    if (this.at > this.size) throw new RangeError("premature EOF");
  }

  #skipGroup(begin: number, groups: number): void {
    if (groups === 0) throw new RangeError("groups are nested beyond the recursion limit");
    for (let tag = this.tag(); tag !== begin + 1; tag = this.tag()) this.skip(tag, groups - 1);
  }

  #byte(): number {
    const byte = this.#bytes[this.#next++];
    if (byte === undefined) throw new RangeError("premature EOF");
    return byte;
  }

  /** Of a file, brings the next bytes into memory, as far as there are so many. */
  #reach(count: number): void {
    if (this.#next + count <= this.#bytes.length || this.#base + this.#bytes.length === this.size) return;
    const file = this.#file;
    if (file === undefined) return;
    const { at } = this;
    this.#window ??= new Uint8Array(file.sizes.windowBytes);
    const memory = count > this.#window.length ? new Uint8Array(count) : this.#window;
    this.#bytes = memory.subarray(0, this.size - at);
    this.#numbers = new DataView(memory.buffer, 0, this.#bytes.length);
    file.read(this.#bytes, at);
    [this.#base, this.#next] = [at, 0];
  }
}
