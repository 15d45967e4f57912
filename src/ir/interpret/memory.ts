/** Reads and writes of the interpreter, in both forms: pointer and index, or address and offset. */
import { bfloat16Bits, decodeBfloat16 } from "../../tensor/bfloat16.ts";
import { float16Bits, float16Value } from "../../tensor/float16.ts";
import type { Node } from "../node.ts";
import type { Storage } from "../type.ts";
import { computeElement, elementOf, widthOf } from "../type.ts";
import type { Lanes } from "./lanes.ts";
import { newLanes } from "./lanes.ts";

interface Access {
  readonly lanes: number;
  /** Lanes that exist; all when undefined. */
  readonly count: number | undefined;
  /** The operands by position; a part has none. */
  readonly values: readonly (Lanes | undefined)[];
}

interface Codec {
  readonly get: (view: DataView, at: number) => number;
  readonly set: (view: DataView, at: number, value: number) => void;
}

const codecs: Readonly<Record<Storage, Codec>> = {
  f32: { get: (v, at) => v.getFloat32(at, true), set: (v, at, x) => v.setFloat32(at, x, true) },
  i32: { get: (v, at) => v.getInt32(at, true), set: (v, at, x) => v.setInt32(at, x, true) },
  i16: { get: (v, at) => v.getInt16(at, true), set: (v, at, x) => v.setInt16(at, x, true) },
  u16: { get: (v, at) => v.getUint16(at, true), set: (v, at, x) => v.setUint16(at, x, true) },
  i8: { get: (v, at) => v.getInt8(at), set: (v, at, x) => v.setInt8(at, x) },
  u8: { get: (v, at) => v.getUint8(at), set: (v, at, x) => v.setUint8(at, x) },
  f16: {
    get: (v, at) => float16Value(v.getUint16(at, true)),
    set: (v, at, x) => v.setUint16(at, float16Bits(x), true),
  },
  bf16: {
    get: (v, at) => decodeBfloat16(Uint16Array.of(v.getUint16(at, true)))[0]!,
    set: (v, at, x) => v.setUint16(at, bfloat16Bits(x), true),
  },
};

const isLeaf = ({ op }: Node): boolean => op.startsWith("read") || op.startsWith("write");

/** The first byte that a node reaches. Addresses wrap at 2^32. */
function addressOf(node: Node, { values, lanes }: Access): number {
  const { offset, storage, perLane = 0 } = node.immediate;
  const base = values[0]![0]!;
  if (isLeaf(node)) return (base >>> 0) + (offset as number) + (perLane as number) * lanes;
  return (base + values[1]![0]! * widthOf(storage as Storage)) >>> 0;
}

/** What a register holds without conversion: the element of the result, where it is not what the storage converts to. */
function storageOf(node: Node, element: Storage): Storage {
  const storage = node.immediate["storage"] as Storage;
  return element === computeElement(storage) ? storage : element;
}

/** How many of the lanes exist: all, or the first `count` of them, which may be fewer than none or more than all. */
const existing = (all: number, count = all): number => Math.max(0, Math.min(all, count));

/** The lanes that a load or read gives. */
export function readLanes(view: DataView, node: Node, access: Access): Lanes {
  const out = newLanes(node.type, access.lanes);
  const start = addressOf(node, access);
  const storage = storageOf(node, elementOf(node.type) as Storage);
  const width = widthOf(storage);
  const repeats = node.op === "loadSplat" || node.op === "loadGroupSplat" || node.op === "readSplat";
  const period = repeats ? 4 / widthOf(elementOf(node.type)) : out.length;
  for (let i = 0; i < existing(out.length, access.count); i++) {
    const at = i % period;
    out[i] = codecs[storage].get(view, start + at * width);
  }
  return out;
}

/** Writes the lanes of a store. */
export function writeLanes(view: DataView, node: Node, access: Access): void {
  const at = isLeaf(node) ? 1 : 2;
  const value = access.values[at] as Lanes;
  const storage = storageOf(node, elementOf((node.args[at] as Node).type) as Storage);
  const start = addressOf(node, access);
  const count = existing(value.length, access.count);
  for (let i = 0; i < count; i++) codecs[storage].set(view, start + i * widthOf(storage), value[i]!);
}
