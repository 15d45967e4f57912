/** Loads and stores of kernels as reads and writes of bytes, with conversion between storage and compute types. */
import type { Node } from "../node.ts";
import type { Storage, Type } from "../type.ts";
import { formOf, typeOf, widthOf } from "../type.ts";
import type { Legalizer } from "./legalizer.ts";
import { bfloat16Bits, bfloat16Value, float16Bits, float16Value } from "./storage.ts";

const storageOf = (node: Node): Storage => node.immediate["storage"] as Storage;

/** What bytes of a storage type are read as: f16 and bf16 as their bits. */
const rawStorage = (storage: Storage): Storage => (storage === "f16" || storage === "bf16" ? "u16" : storage);

function decode(l: Legalizer, bits: Node, storage: Storage): Node {
  if (storage === "bf16") return bfloat16Value(l, bits);
  return storage === "f16" ? float16Value(l, bits) : bits;
}

function encode(l: Legalizer, value: Node, storage: Storage): Node {
  if (storage === "bf16") return bfloat16Bits(l, value);
  return storage === "f16" ? float16Bits(l, value) : value;
}

/** Any load: a read of all or the first lanes, of one element for all lanes, of a scalar or a quad. */
export function expandLoad(l: Legalizer, node: Node): Node {
  const storage = storageOf(node);
  const [pointer, index, part] = node.args;
  const { base, immediate: place } = l.address(l.get(pointer), l.get(index), widthOf(storage));
  const raw = rawStorage(storage);
  const type: Type = raw === storage ? node.type : typeOf(formOf(node.type), "i32");
  const immediate = { storage: raw, ...place };
  const count = l.countOf(part);
  if (node.op === "loadSplat") return decode(l, l.node("readSplat", [base], immediate, type), storage);
  if (node.op === "loadGroupSplat") return l.node("readSplat", [base], { ...place, storage: "i32" }, node.type);
  if (count === undefined) return decode(l, l.node("read", [base], immediate, type), storage);
  return decode(l, l.node("readFirst", [base, count], immediate, type), storage);
}

/** Any store. */
export function expandStore(l: Legalizer, node: Node): void {
  const storage = storageOf(node);
  const [pointer, index, value, part] = node.args;
  const encoded = encode(l, l.get(value), storage);
  const { base, immediate: place } = l.address(l.get(pointer), l.get(index), widthOf(storage));
  const immediate = { storage: rawStorage(storage), ...place };
  const count = l.countOf(part);
  if (count === undefined) l.node("write", [base, encoded], immediate);
  else l.node("writeFirst", [base, encoded, count], immediate);
}
