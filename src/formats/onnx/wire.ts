import { FormatError, LanewiseError, LimitError } from "../../tensor/errors.ts";
import type { FieldSpec } from "./field-spec.ts";
import { messageSpec } from "./field-spec.ts";
import type { ModelLimits } from "./limits.ts";
import { withDefaultLimits } from "./limits.ts";
import type { ScalarArray, ScalarArrayConstructor } from "./scalar-list.ts";
import { ScalarList } from "./scalar-list.ts";
import type { Message, MessageName, ScalarKind } from "./schema.ts";
import type { StoredFile } from "./stored-file.ts";
import { strictUtf8 } from "./text.ts";
import { WireReader, wireKinds } from "./wire-reader.ts";

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

const { varint, fixed64, lengthDelimited, fixed32 } = wireKinds;

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

function decodeUtf8(bytes: Uint8Array): string {
  // Short names are decoded by hand faster than by a decoder.
  let isPlain = bytes.length < 64;
  for (let at = 0; isPlain && at < bytes.length; at++) isPlain = (bytes[at] as number) < 0x80;
  if (isPlain) return String.fromCharCode.apply(undefined, bytes as unknown as number[]);
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
  readonly #reader: WireReader;
  readonly #root: MessageName;
  readonly #limits: ModelLimits;
  readonly #fields: FieldSpec[] = [];
  readonly #indexes: number[] = [];
  #messages = 0;
  #nodes = 0;

  constructor(bytes: Uint8Array | StoredFile, root: MessageName, limits: ModelLimits) {
    this.#reader = new WireReader(bytes);
    this.#root = root;
    this.#limits = limits;
  }

  run(): unknown {
    try {
      return this.#message(this.#root, this.#reader.size);
    } catch (error) {
      if (error instanceof LanewiseError || !(error instanceof Error)) throw error;
      // The wire reader throws RangeErrors; any other class is a fault of ours.
      if (error.constructor !== RangeError) throw error;
      throw this.#error(error.message, error);
    }
  }

  #message(name: MessageName, end: number): unknown {
    this.#count(name);
    const reader = this.#reader;
    const { fields, blank } = messageSpec(name);
    const out: Record<string, unknown> = { ...blank };
    let lists: Map<FieldSpec, ScalarList> | undefined;
    while (reader.at < end) {
      const tag = reader.tag();
      const field = fields[tag >>> 3];
      const type = tag & 7;
      if (field === undefined) reader.skip(tag);
      else if (field.array !== undefined) {
        lists ??= new Map();
        this.#elements(listOf(lists, field, field.array), field, type, end);
      } else this.#field(out, blank, field, type, end);
      if (reader.at > end) throw this.#error("a field runs past the end of its message");
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
    const child = this.#message(field.message as MessageName, this.#reader.at + length);
    this.#fields.pop();
    this.#indexes.pop();
    return child;
  }

  #scalar(field: FieldSpec, wireType: number, end: number): unknown {
    const scalar = field.scalar as ScalarKind;
    this.#expect(field, wireType, wireTypes[scalar]);
    if (scalar === "int53") return this.#int53(field);
    if (scalar === "string") return decodeUtf8(this.#reader.bytes(this.#length(field, end)));
    if (scalar === "bytes") return this.#reader.bytes(this.#length(field, end));
    if (scalar === "data") return this.#reader.data(this.#length(field, end));
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
    const reader = this.#reader;
    const stop = reader.at + length;
    list.reserve(reader.varintsIn(length));
    while (reader.at < stop) list.push(this.#number(scalar));
    if (reader.at > stop) throw this.#error(`the last element of ${field.name} is cut off`);
  }

  /** A packed run of floats or doubles: a view where the file has them aligned, else a copy. */
  #fixedRun(field: FieldSpec, length: number): ScalarArray {
    const array = field.scalar === "float" ? Float32Array : Float64Array;
    const size = array.BYTES_PER_ELEMENT;
    if (length % size !== 0) throw this.#error(`${field.name} has ${length} bytes, not a multiple of ${size}`);
    const run = this.#reader.bytes(length);
    return run.byteOffset % size === 0
      ? new array(run.buffer as ArrayBuffer, run.byteOffset, length / size)
      : new array(new Uint8Array(run).buffer);
  }

  #packedInt53(list: number[], field: FieldSpec, end: number): void {
    const reader = this.#reader;
    const length = this.#length(field, end);
    const stop = reader.at + length;
    while (reader.at < stop) list.push(this.#int53(field));
    if (reader.at > stop) throw this.#error(`the last element of ${field.name} is cut off`);
  }

  #number(scalar: ScalarKind): number | bigint {
    const reader = this.#reader;
    switch (scalar) {
      case "int64":
        return BigInt.asIntN(64, reader.uint64());
      case "uint64":
        return reader.uint64();
      case "float":
        return reader.float();
      case "double":
        return reader.double();
      default:
        return reader.uint32() | 0;
    }
  }

  #int53(field: FieldSpec): number {
    const value = Number(BigInt.asIntN(64, this.#reader.uint64()));
    if (!Number.isSafeInteger(value)) throw this.#error(`${field.name} is ${value}, beyond 2^53`);
    return value;
  }

  /** Reads the length of a field and checks that its message holds as many bytes. */
  #length(field: FieldSpec, end: number): number {
    const reader = this.#reader;
    const length = reader.uint32();
    if (reader.isCut) throw this.#error(`the length of ${field.name} does not fit in 32 bits`);
    const left = end - reader.at;
    if (length > left) {
      const where = end === reader.size ? "the file" : "its message";
      throw this.#error(`${field.name} claims ${length} bytes, ${where} has ${Math.max(0, left)} left`);
    }
    return length;
  }

  #expect(field: FieldSpec, actual: number, expected: number): void {
    if (actual === expected) return;
    throw this.#error(`${field.name} has wire type ${actual}, expected ${expected}`);
  }

  #error(what: string, cause?: Error): FormatError {
    const { at, size } = this.#reader;
    const message =
      `Cannot read ${this.#path()} at byte ${Math.min(at, size)} of ${size}: ${what}. ` +
      "The file is damaged, cut short or of another format: export or download it again.";
    return new FormatError(message, cause === undefined ? undefined : { cause });
  }

  #overLimit(what: string, name: keyof ModelLimits, limit: number): LimitError {
    return new LimitError(
      `Cannot read ${this.#path()} at byte ${this.#reader.at}: the file has more than ${limit} ${what}. ` +
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
