/** Loads and stores of kernels as reads and writes of bytes, with conversion between storage and compute types. */
import type { Node } from "../node.ts";
import type { Storage, Type } from "../type.ts";
import { formOf, typeOf, widthOf } from "../type.ts";
import type { Legalizer } from "./legalizer.ts";
import { bfloat16Bits, bfloat16Value, float16Bits, float16Value } from "./storage.ts";

const storageOf = (node: Node): Storage => node.immediate["storage"] as Storage;

/** What bytes of a storage type are read as, and how the value is made of them and becomes them, where `read` and `write` do not convert them. */
interface Expansion {
  readonly raw: Storage;
  readonly decode: (l: Legalizer, bits: Node) => Node;
  readonly encode: (l: Legalizer, value: Node) => Node;
}

const expansions: Partial<Record<Storage, Expansion>> = {
  f16: { raw: "i16", decode: float16Value, encode: float16Bits },
  bf16: { raw: "u16", decode: bfloat16Value, encode: bfloat16Bits },
};

const isRaw = ({ op }: Node): boolean => op === "loadRaw" || op === "storeRaw";

const isExpanded = (l: Legalizer, node: Node): boolean =>
  !isRaw(node) && !(storageOf(node) === "f16" && l.target.halves);

/** The storage that a leaf names: what is not converted is named as bits. */
const leafStorage = (l: Legalizer, node: Node): Storage => {
  const storage = storageOf(node);
  return ((isRaw(node) || isExpanded(l, node)) && expansions[storage]?.raw) || storage;
};

/** Any load: a read of all or the first lanes, of one element for all lanes, of a scalar or a quad. */
export function expandLoad(l: Legalizer, node: Node): Node {
  const storage = storageOf(node);
  const [pointer, index, part] = node.args;
  const { base, immediate: place } = l.address(l.get(pointer), l.get(index), widthOf(storage));
  if (node.op === "loadGroupSplat") return l.node("readSplat", [base], { ...place, storage: "i32" }, node.type);
  const expansion = isExpanded(l, node) ? expansions[storage] : undefined;
  const type: Type = expansion ? typeOf(formOf(node.type), "i32") : node.type;
  const immediate = { storage: leafStorage(l, node), ...place };
  const count = l.countOf(part);
  const op = node.op === "loadSplat" ? "readSplat" : count === undefined ? "read" : "readFirst";
  const read = l.node(op, count === undefined ? [base] : [base, count], immediate, type);
  return expansion ? expansion.decode(l, read) : read;
}

/** Any store. */
export function expandStore(l: Legalizer, node: Node): void {
  const storage = storageOf(node);
  const [pointer, index, value, part] = node.args;
  const expansion = isExpanded(l, node) ? expansions[storage] : undefined;
  const encoded = expansion ? expansion.encode(l, l.get(value)) : l.get(value);
  const { base, immediate: place } = l.address(l.get(pointer), l.get(index), widthOf(storage));
  const immediate = { storage: leafStorage(l, node), ...place };
  const count = l.countOf(part);
  if (count === undefined) l.node("write", [base, encoded], immediate);
  else l.node("writeFirst", [base, encoded, count], immediate);
}
