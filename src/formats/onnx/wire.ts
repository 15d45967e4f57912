import { BinaryReader } from "@bufbuild/protobuf/wire";
import { FormatError, LanewiseError, LimitError } from "../../tensor/errors.ts";
import type { StoredBytes } from "../../tensor/stored-bytes.ts";
import { readAll } from "../../tensor/stored-bytes.ts";
import type { FieldSpec } from "./field-spec.ts";
import { messageSpec } from "./field-spec.ts";
import type { ModelLimits } from "./limits.ts";
import { withDefaultLimits } from "./limits.ts";
import type { ScalarArray, ScalarArrayConstructor } from "./scalar-list.ts";
import { ScalarList } from "./scalar-list.ts";
import type { Message, MessageName, ScalarKind } from "./schema.ts";
import { StoredFile } from "./stored-file.ts";
import { strictUtf8 } from "./text.ts";

/**
 * Decodes the protobuf bytes of one ONNX message. Of bytes in memory, `bytes` fields are views, not copies, and so are packed floats that
 * happen to be aligned. Of a file, large `data` stays where it is: what is in memory is little more than all the rest. Unknown fields are
 * skipped. Anything malformed is a FormatError with the byte offset and the path of fields; more nodes, messages or nesting than the limits
 * allow is a LimitError. No allocation precedes the check that the file holds the bytes for it.
 */
export function decode<N extends MessageName>(
  bytes: Uint8Array | StoredFile,
  message: N,
  limits: Partial<ModelLimits> = {},
): Message<N> {
  return new Decoder(bytes, message, withDefaultLimits(limits)).run() as Message<N>;
}

/** Protobuf wire types. */
const varint = 0;
const fixed64 = 1;
const lengthDelimited = 2;
const startGroup = 3;
const endGroup = 4;
const fixed32 = 5;

/** Groups within groups, of unknown fields. */
const mostGroups = 100;

const wireTypes: Readonly<Record<ScalarKind, number>> = {
  int32: varint,
  enum: varint,
  int53: varint,
  int64: varint,
  uint64: varint,
  float: fixed32,
  double: fixed64,
  string: lengthDelimited,
  bytes: lengthDelimited,
  data: lengthDelimited,
};

/** Of a file so much is read at once. */
const windowBytes = 2 ** 14;

/** What a tag, a number or a length take at most, and what a tag with a number does. */
const varintBytes = 10;
const headBytes = 2 * varintBytes;

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch (cause) {
    throw new RangeError("the text is not valid UTF-8", { cause });
  }
}

function listOf(lists: Map<FieldSpec, ScalarList>, field: FieldSpec, array: ScalarArrayConstructor): ScalarList {
  const known = lists.get(field);
  if (known !== undefined) return known;
  const list = new ScalarList(array);
  lists.set(field, list);
  return list;
}

/** Reads one file, or bytes. The path of fields it is in is kept for messages. Places are counted in bytes from the beginning. */
class Decoder {
  readonly #file: StoredFile | undefined;
  readonly #size: number;
  /** What is in memory: all of it, or of a file some bytes from `#base` on. */
  #bytes: Uint8Array;
  #reader: BinaryReader;
  #base = 0;
  readonly #window = new Uint8Array(windowBytes);
  readonly #root: MessageName;
  readonly #limits: ModelLimits;
  readonly #fields: FieldSpec[] = [];
  readonly #indexes: number[] = [];
  #messages = 0;
  #nodes = 0;

  constructor(bytes: Uint8Array | StoredFile, root: MessageName, limits: ModelLimits) {
    this.#size = bytes.length;
    // A plain view: slices of a Node Buffer would be Buffers.
    if (bytes instanceof StoredFile) [this.#file, this.#bytes] = [bytes, new Uint8Array(0)];
    else this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#reader = new BinaryReader(this.#bytes, decodeUtf8);
    this.#root = root;
    this.#limits = limits;
  }

  run(): unknown {
    try {
      return this.#message(this.#root, this.#size);
    } catch (error) {
      if (error instanceof LanewiseError || !(error instanceof Error)) throw error;
      // The wire reader throws plain Errors and RangeErrors; any other class is a fault of ours.
      if (error.constructor !== Error && error.constructor !== RangeError) throw error;
      throw this.#error(error.message, error);
    }
  }

  get #at(): number {
    return this.#base + this.#reader.pos;
  }

  /** Of a file, brings the next bytes into memory, as far as there are so many. */
  #need(count: number): void {
    if (this.#reader.pos + count <= this.#bytes.length || this.#base + this.#bytes.length === this.#size) return;
    const at = this.#at;
    const memory = count > windowBytes ? new Uint8Array(count) : this.#window;
    const bytes = memory.subarray(0, this.#size - at);
    this.#file?.read(bytes, at);
    [this.#base, this.#bytes, this.#reader] = [at, bytes, new BinaryReader(bytes, decodeUtf8)];
  }

  #message(name: MessageName, end: number): unknown {
    this.#count(name);
    const { fields, blank } = messageSpec(name);
    const out: Record<string, unknown> = { ...blank };
    let lists: Map<FieldSpec, ScalarList> | undefined;
    while (this.#at < end) {
      this.#need(headBytes);
      const [number, wireType] = this.#reader.tag();
      const field = number < fields.length ? fields[number] : undefined;
      if (field === undefined) this.#skip(wireType, number, mostGroups);
      else if (field.array !== undefined) {
        lists ??= new Map();
        this.#elements(listOf(lists, field, field.array), field, wireType, end);
      } else this.#field(out, blank, field, wireType, end);
      if (this.#at > end) throw this.#error("a field runs past the end of its message");
    }
    if (lists !== undefined) for (const [field, list] of lists) out[field.key] = list.finish();
    return out;
  }

  /** Skips what an unknown field holds, within so many groups at most. */
  #skip(wireType: number, number: number, groups: number): void {
    if (wireType === lengthDelimited) {
      const length = this.#reader.uint32();
      this.#reader.pos += length;
      if (this.#at > this.#size) throw new RangeError("premature EOF");
    } else if (wireType === startGroup) this.#skipGroup(number, groups);
    else if (wireType === varint) this.#reader.uint32();
    else this.#reader.skip(wireType, number);
  }

  #skipGroup(group: number, groups: number): void {
    if (groups === 0) throw new RangeError("groups are nested beyond the recursion limit");
    for (;;) {
      this.#need(headBytes);
      const [number, wireType] = this.#reader.tag();
      if (wireType !== endGroup) this.#skip(wireType, number, groups - 1);
      else if (number === group) return;
      else throw new RangeError("invalid end group tag");
    }
  }

  #count(name: MessageName): void {
    const { maxMessages, maxNodes, maxNesting } = this.#limits;
    this.#messages++;
    if (name === "NodeProto") this.#nodes++;
    if (this.#messages > maxMessages) throw this.#overLimit("messages", "maxMessages", maxMessages);
    if (this.#nodes > maxNodes) throw this.#overLimit("nodes", "maxNodes", maxNodes);
    if (this.#fields.length > maxNesting) throw this.#overLimit("levels of nesting", "maxNesting", maxNesting);
  }

  #field(out: Record<string, unknown>, blank: object, field: FieldSpec, wireType: number, end: number): void {
    const { key, repeated, scalar, message } = field;
    const before = out[key] as unknown[];
    if (!repeated) {
      if (message !== undefined && before !== undefined) throw this.#error(`${field.name} is given twice`);
      out[key] = message === undefined ? this.#scalar(field, wireType, end) : this.#child(field, -1, wireType, end);
      return;
    }
    const isFirst = before === (blank as Record<string, unknown>)[key];
    const list = isFirst ? [] : before;
    if (isFirst) out[key] = list;
    if (message !== undefined) list.push(this.#child(field, list.length, wireType, end));
    else if (scalar === "int53" && wireType === lengthDelimited) this.#packedInt53(list as number[], field, end);
    else list.push(this.#scalar(field, wireType, end));
  }

  #child(field: FieldSpec, index: number, wireType: number, end: number): unknown {
    this.#expect(field, wireType, lengthDelimited);
    const length = this.#length(field, end);
    this.#fields.push(field);
    this.#indexes.push(index);
    const child = this.#message(field.message as MessageName, this.#at + length);
    this.#fields.pop();
    this.#indexes.pop();
    return child;
  }

  #scalar(field: FieldSpec, wireType: number, end: number): unknown {
    const scalar = field.scalar as ScalarKind;
    this.#expect(field, wireType, wireTypes[scalar]);
    if (scalar === "int53") return this.#int53(field);
    if (scalar === "string") return this.#string(field, end);
    if (scalar === "bytes") return this.#view(this.#length(field, end));
    if (scalar === "data") return this.#data(this.#length(field, end));
    return this.#number(scalar);
  }

  /** Appends what one tag of a repeated numeric field carries: a packed run, or a single element. */
  #elements(list: ScalarList, field: FieldSpec, wireType: number, end: number): void {
    const scalar = field.scalar as ScalarKind;
    if (wireType !== lengthDelimited) {
      this.#expect(field, wireType, wireTypes[scalar]);
      list.push(this.#number(scalar));
      return;
    }
    const length = this.#length(field, end);
    if (wireTypes[scalar] !== varint) {
      list.append(this.#fixedRun(field, length));
      return;
    }
    this.#need(length + varintBytes);
    const stop = this.#at + length;
    list.reserve(this.#varintsIn(length));
    while (this.#at < stop) list.push(this.#number(scalar));
    if (this.#at > stop) throw this.#error(`the last element of ${field.name} is cut off`);
  }

  /** A packed run of floats or doubles: a view where the file has them aligned, else a copy. */
  #fixedRun(field: FieldSpec, length: number): ScalarArray {
    const array = field.scalar === "float" ? Float32Array : Float64Array;
    const size = array.BYTES_PER_ELEMENT;
    if (length % size !== 0) throw this.#error(`${field.name} has ${length} bytes, not a multiple of ${size}`);
    const run = this.#view(length);
    return run.byteOffset % size === 0
      ? new array(run.buffer as ArrayBuffer, run.byteOffset, length / size)
      : new array(new Uint8Array(run).buffer);
  }

  #packedInt53(list: number[], field: FieldSpec, end: number): void {
    const length = this.#length(field, end);
    this.#need(length + varintBytes);
    const stop = this.#at + length;
    while (this.#at < stop) list.push(this.#int53(field));
    if (this.#at > stop) throw this.#error(`the last element of ${field.name} is cut off`);
  }

  #number(scalar: ScalarKind): number | bigint {
    const reader = this.#reader;
    switch (scalar) {
      case "int64":
        return BigInt(reader.int64());
      case "uint64":
        return BigInt(reader.uint64());
      case "float":
        return reader.float();
      case "double":
        return reader.double();
      default:
        return reader.int32();
    }
  }

  #int53(field: FieldSpec): number {
    const value = Number(this.#reader.int64());
    if (!Number.isSafeInteger(value)) throw this.#error(`${field.name} is ${value}, beyond 2^53`);
    return value;
  }

  #string(field: FieldSpec, end: number): string {
    const start = this.#reader.pos;
    const length = this.#length(field, end);
    this.#reader.pos = start;
    this.#need(length + varintBytes);
    return this.#reader.string(true);
  }

  /** Reads the length of a field and checks that its message holds as many bytes. */
  #length(field: FieldSpec, end: number): number {
    const reader = this.#reader;
    const start = reader.pos;
    const length = reader.uint32();
    const size = reader.pos - start;
    if (size > 5 || (size === 5 && (this.#bytes[start + 4] as number) > 0x0f)) {
      throw this.#error(`the length of ${field.name} does not fit in 32 bits`);
    }
    if (length > end - this.#at) {
      const left = Math.max(0, end - this.#at);
      const where = end === this.#size ? "the file" : "its message";
      throw this.#error(`${field.name} claims ${length} bytes, ${where} has ${left} left`);
    }
    return length;
  }

  /** The next bytes: a view of those in memory, but a copy of a file's, whose memory is used again. */
  #view(length: number): Uint8Array {
    const start = this.#reader.pos;
    const at = this.#at;
    this.#reader.pos += length;
    const file = this.#file;
    if (file === undefined) return this.#bytes.subarray(start, start + length);
    if (start + length <= this.#bytes.length) return this.#bytes.slice(start, start + length);
    return readAll({ length, read: (target) => file.read(target, at) });
  }

  /** The next bytes, or where they lie in the file. */
  #data(length: number): Uint8Array | StoredBytes {
    if (this.#file === undefined) return this.#view(length);
    const at = this.#at;
    this.#reader.pos += length;
    return this.#file.bytes(at, length);
  }

  /** How many varints end in the next bytes. */
  #varintsIn(length: number): number {
    const bytes = this.#bytes;
    const stop = this.#reader.pos + length;
    let count = 0;
    for (let i = this.#reader.pos; i < stop; i++) if ((bytes[i] as number) < 0x80) count++;
    return count;
  }

  #expect(field: FieldSpec, actual: number, expected: number): void {
    if (actual === expected) return;
    throw this.#error(`${field.name} has wire type ${actual}, expected ${expected}`);
  }

  #error(what: string, cause?: Error): FormatError {
    const at = Math.min(this.#at, this.#size);
    const message =
      `Cannot read ${this.#path()} at byte ${at} of ${this.#size}: ${what}. ` +
      "The file is damaged, cut short or of another format: export or download it again.";
    return new FormatError(message, cause === undefined ? undefined : { cause });
  }

  #overLimit(what: string, name: keyof ModelLimits, limit: number): LimitError {
    return new LimitError(
      `Cannot read ${this.#path()} at byte ${this.#at}: the file has more than ${limit} ${what}. ` +
        `If you trust it, raise limits.${name}.`,
    );
  }

  #path(): string {
    const steps = this.#fields.map(({ name }, i) => {
      const index = this.#indexes[i] as number;
      return index < 0 ? name : `${name}[${index}]`;
    });
    return [this.#root, ...steps].join(".");
  }
}
