import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { messageSpec } from "../../src/formats/onnx/field-spec.ts";
import type { MessageName, ScalarKind } from "../../src/formats/onnx/schema.ts";

/** A protobuf message taken apart so that a test can change it: its fields in the order of the file, the bytes of any that it does not know. */
export interface ProtoTree {
  readonly message: MessageName;
  readonly fields: ProtoField[];
}

/** One field. A packed list of numbers is one field with several of them. */
export interface ProtoField {
  readonly number: number;
  readonly name: string;
  value:
    | { readonly kind: "message"; readonly tree: ProtoTree }
    | { readonly kind: "integers"; readonly packed: boolean; readonly numbers: bigint[] }
    | { readonly kind: "floats"; readonly width: 4 | 8; readonly packed: boolean; readonly numbers: number[] }
    | { readonly kind: "text"; readonly text: string }
    | { readonly kind: "bytes"; readonly bytes: Uint8Array };
}

/** Takes a well-formed message apart; fields that the schema does not name are left out. */
export function readTree(bytes: Uint8Array, message: MessageName): ProtoTree {
  const reader = new BinaryReader(bytes);
  const { fields } = messageSpec(message);
  const tree: ProtoTree = { message, fields: [] };
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const spec = fields[number];
    if (spec === undefined) {
      reader.skip(wireType, number);
      continue;
    }
    const value =
      spec.message !== undefined
        ? ({ kind: "message", tree: readTree(reader.bytes(), spec.message) } as const)
        : readScalar(reader, spec.scalar as ScalarKind, wireType);
    tree.fields.push({ number, name: spec.name, value });
  }
  return tree;
}

function readScalar(reader: BinaryReader, kind: ScalarKind, wireType: WireType): ProtoField["value"] {
  if (kind === "string") return { kind: "text", text: reader.string() };
  if (kind === "bytes" || kind === "data") return { kind: "bytes", bytes: reader.bytes().slice() };
  const packed = wireType === WireType.LengthDelimited;
  const source = packed ? new BinaryReader(reader.bytes()) : reader;
  const all = <T>(one: () => T): T[] => {
    if (!packed) return [one()];
    const list: T[] = [];
    while (source.pos < source.len) list.push(one());
    return list;
  };
  if (kind === "float") return { kind: "floats", width: 4, packed, numbers: all(() => source.float()) };
  if (kind === "double") return { kind: "floats", width: 8, packed, numbers: all(() => source.double()) };
  return { kind: "integers", packed, numbers: all(() => BigInt(source.int64())) };
}

/** The bytes of a message. */
export function writeTree(tree: ProtoTree): Uint8Array {
  const writer = new BinaryWriter();
  for (const { number, value } of tree.fields) writeField(writer, number, value);
  return writer.finish();
}

function writeField(writer: BinaryWriter, number: number, value: ProtoField["value"]): void {
  const bytes = (content: Uint8Array) => writer.tag(number, WireType.LengthDelimited).bytes(content);
  if (value.kind === "message") bytes(writeTree(value.tree));
  else if (value.kind === "text") writer.tag(number, WireType.LengthDelimited).string(value.text);
  else if (value.kind === "bytes") bytes(value.bytes);
  else if (value.packed) bytes(packNumbers(value).finish());
  else for (const one of value.numbers) writeNumber(writer.tag(number, wireTypeOf(value)), value, one);
}

type Numbers = Extract<ProtoField["value"], { readonly packed: boolean }>;

function packNumbers(value: Numbers): BinaryWriter {
  const inside = new BinaryWriter();
  for (const one of value.numbers) writeNumber(inside, value, one);
  return inside;
}

function writeNumber(writer: BinaryWriter, value: Numbers, one: number | bigint): void {
  if (value.kind === "integers") writer.int64(BigInt.asIntN(64, one as bigint));
  else if (value.width === 4) writer.raw(new Uint8Array(Float32Array.of(one as number).buffer));
  else writer.double(one as number);
}

function wireTypeOf(value: Numbers): WireType {
  if (value.kind === "integers") return WireType.Varint;
  return value.width === 4 ? WireType.Bit32 : WireType.Bit64;
}
