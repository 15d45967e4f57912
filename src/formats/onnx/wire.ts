import { BinaryReader } from "@bufbuild/protobuf/wire";
import { FormatError, LanewiseError, LimitError } from "../../tensor/errors.ts";
import type { FieldSpec } from "./field-spec.ts";
import { messageSpec } from "./field-spec.ts";
import type { ModelLimits } from "./limits.ts";
import { withDefaultLimits } from "./limits.ts";
import type { ScalarArray, ScalarArrayConstructor } from "./scalar-list.ts";
import { ScalarList } from "./scalar-list.ts";
import type { Message, MessageName, ScalarKind } from "./schema.ts";
import { strictUtf8 } from "./text.ts";

/**
 * Decodes the protobuf bytes of one ONNX message. `bytes` fields are views of the file, not copies, and so are packed floats that
 * happen to be aligned. Unknown fields are skipped. Anything malformed is a FormatError with the byte offset and the path of
 * fields; more nodes, messages or nesting than the limits allow is a LimitError. No allocation precedes the check that the file
 * holds the bytes for it.
 */
export function decode<N extends MessageName>(
  bytes: Uint8Array,
  message: N,
  limits: Partial<ModelLimits> = {},
): Message<N> {
  return new Decoder(bytes, message, withDefaultLimits(limits)).run() as Message<N>;
}

/** Protobuf wire types. */
const varint = 0;
const fixed64 = 1;
const lengthDelimited = 2;
const fixed32 = 5;

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
};

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

/** Reads one file. The path of fields it is in is kept for messages. */
class Decoder {
  readonly #bytes: Uint8Array;
  readonly #reader: BinaryReader;
  readonly #root: MessageName;
  readonly #limits: ModelLimits;
  readonly #fields: FieldSpec[] = [];
  readonly #indexes: number[] = [];
  #messages = 0;
  #nodes = 0;

  constructor(bytes: Uint8Array, root: MessageName, limits: ModelLimits) {
    // A plain view: slices of a Node Buffer would be Buffers.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#reader = new BinaryReader(this.#bytes, decodeUtf8);
    this.#root = root;
    this.#limits = limits;
  }

  run(): unknown {
    try {
      return this.#message(this.#root, this.#bytes.length);
    } catch (error) {
      if (error instanceof LanewiseError || !(error instanceof Error)) throw error;
      // The wire reader throws plain Errors and RangeErrors; any other class is a fault of ours.
      if (error.constructor !== Error && error.constructor !== RangeError) throw error;
      throw this.#error(error.message, error);
    }
  }

  #message(name: MessageName, end: number): unknown {
    this.#count(name);
    const reader = this.#reader;
    const { fields, blank } = messageSpec(name);
    const out: Record<string, unknown> = { ...blank };
    let lists: Map<FieldSpec, ScalarList> | undefined;
    while (reader.pos < end) {
      const [number, wireType] = reader.tag();
      const field = number < fields.length ? fields[number] : undefined;
      if (field === undefined) reader.skip(wireType, number);
      else if (field.array !== undefined) {
        lists ??= new Map();
        this.#elements(listOf(lists, field, field.array), field, wireType, end);
      } else this.#field(out, blank, field, wireType, end);
      if (reader.pos > end) throw this.#error("a field runs past the end of its message");
    }
    if (lists !== undefined) for (const [field, list] of lists) out[field.key] = list.finish();
    return out;
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
    const child = this.#message(field.message as MessageName, this.#reader.pos + length);
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
    const stop = this.#reader.pos + length;
    list.reserve(this.#varintsIn(length));
    while (this.#reader.pos < stop) list.push(this.#number(scalar));
    if (this.#reader.pos > stop) throw this.#error(`the last element of ${field.name} is cut off`);
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
    const stop = this.#reader.pos + length;
    while (this.#reader.pos < stop) list.push(this.#int53(field));
    if (this.#reader.pos > stop) throw this.#error(`the last element of ${field.name} is cut off`);
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
    this.#length(field, end);
    this.#reader.pos = start;
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
    if (length > end - reader.pos) {
      const left = Math.max(0, end - reader.pos);
      const where = end === this.#bytes.length ? "the file" : "its message";
      throw this.#error(`${field.name} claims ${length} bytes, ${where} has ${left} left`);
    }
    return length;
  }

  /** The next bytes, as a view of the file. */
  #view(length: number): Uint8Array {
    const start = this.#reader.pos;
    this.#reader.pos += length;
    return this.#bytes.subarray(start, start + length);
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
    const at = Math.min(this.#reader.pos, this.#bytes.length);
    const message =
      `Cannot read ${this.#path()} at byte ${at} of ${this.#bytes.length}: ${what}. ` +
      "The file is damaged, cut short or of another format: export or download it again.";
    return new FormatError(message, cause === undefined ? undefined : { cause });
  }

  #overLimit(what: string, name: keyof ModelLimits, limit: number): LimitError {
    return new LimitError(
      `Cannot read ${this.#path()} at byte ${this.#reader.pos}: the file has more than ${limit} ${what}. ` +
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
