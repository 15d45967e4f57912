/** Loads and stores of kernels as reads and writes of bytes, with conversion between storage and compute types. */
import type { Node } from "../node.ts";
import type { Storage, Type } from "../type.ts";
import { formOf, typeOf, widthOf } from "../type.ts";
import type { Legalizer } from "./legalizer.ts";
import { bfloat16Bits, bfloat16Value, float16Bits, float16Value, withOneNan } from "./storage.ts";

const storageOf = (node: Node): Storage => node.immediate["storage"] as Storage;

/** The storage that a leaf names, and what is done to what it reads and writes. `decode` takes bits as i32. */
interface Conversion {
  readonly named: Storage;
  readonly decode?: (l: Legalizer, bits: Node) => Node;
  readonly encode?: (l: Legalizer, value: Node) => Node;
}

const byBits: Partial<Record<Storage, Conversion>> = {
  f16: { named: "i16", decode: float16Value, encode: float16Bits },
  bf16: { named: "u16", decode: bfloat16Value, encode: bfloat16Bits },
};

/** Of targets whose leaves convert f16. */
const halves: Conversion = { named: "f16", encode: withOneNan };

function conversionOf(l: Legalizer, { op, immediate }: Node): Conversion {
  const storage = immediate["storage"] as Storage;
  const conversion = byBits[storage] ?? { named: storage };
  if (op === "loadRaw" || op === "storeRaw") return { named: conversion.named };
  return storage === "f16" && l.target.halves ? halves : conversion;
}

/** Any load: a read of all or the first lanes, of one element for all lanes, of a scalar or a quad. */
export function expandLoad(l: Legalizer, node: Node): Node {
  const storage = storageOf(node);
  const [pointer, index, part] = node.args;
  const { base, immediate: place } = l.address(l.get(pointer), l.get(index), widthOf(storage));
  if (node.op === "loadGroupSplat") return l.node("readSplat", [base], { ...place, storage: "i32" }, node.type);
  const { named, decode } = conversionOf(l, node);
  const type: Type = decode ? typeOf(formOf(node.type), "i32") : node.type;
  const immediate = { storage: named, ...place };
  const count = l.countOf(part);
  const op = node.op === "loadSplat" ? "readSplat" : count === undefined ? "read" : "readFirst";
  const read = l.node(op, count === undefined ? [base] : [base, count], immediate, type);
  return decode ? decode(l, read) : read;
}

/** Any store. */
export function expandStore(l: Legalizer, node: Node): void {
  const storage = storageOf(node);
  const [pointer, index, value, part] = node.args;
  const { named, encode } = conversionOf(l, node);
  const encoded = encode ? encode(l, l.get(value)) : l.get(value);
  const { base, immediate: place } = l.address(l.get(pointer), l.get(index), widthOf(storage));
  const immediate = { storage: named, ...place };
  const count = l.countOf(part);
  if (count === undefined) l.node("write", [base, encoded], immediate);
  else l.node("writeFirst", [base, encoded, count], immediate);
}
