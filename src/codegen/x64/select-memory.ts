/** Reads and writes, with conversion between short integers in memory and 32-bit lanes. */
import type { Node } from "../../ir/node.ts";
import type { Storage } from "../../ir/type.ts";
import { formOf, widthOf } from "../../ir/type.ts";
import type { Mnemonic } from "./instructions.ts";
import type { Argument } from "./machine-op.ts";
import { from, to } from "./machine-op.ts";
import { isDirect } from "./plan-folds.ts";
import { splatInteger } from "./select-convert.ts";
import { narrowToHalves, readHalves, splatHalf, widenHalves, writeHalves } from "./select-half.ts";
import { readPieces, writePieces } from "./select-pieces.ts";
import type { Rule, Selector } from "./selector.ts";

const storageOf = (node: Node): Storage => node.immediate["storage"] as Storage;

const scalarLoads: Readonly<Partial<Record<Storage, Mnemonic>>> = {
  f32: "vmovss",
  i32: "mov",
  i16: "movsx",
  u16: "movzx",
  i8: "movsx",
  u8: "movzx",
};

/** Short integers as 32-bit lanes. */
const extensions: Readonly<Partial<Record<Storage, Mnemonic>>> = {
  i16: "vpmovsxwd",
  u16: "vpmovzxwd",
  i8: "vpmovsxbd",
  u8: "vpmovzxbd",
};

/** 32-bit lanes as their low bits. */
const truncations: Readonly<Record<number, Mnemonic>> = { 2: "vpmovdw", 1: "vpmovdb" };

function loadScalar(s: Selector, storage: Storage, vreg: number, at: Argument): void {
  const bits = 8 * widthOf(storage);
  s.op(scalarLoads[storage] as Mnemonic, storage === "f32" ? {} : { width: bits }, to(vreg), at);
}

const read: Rule = (s, node) => {
  const storage = storageOf(node);
  if (storage === "f16") {
    readHalves(s, node);
    return;
  }
  const at = s.address(node);
  const result = s.define(node);
  if (formOf(node.type) === "scalar") loadScalar(s, storage, result, at);
  else
    s.op(
      isDirect(node) ? "vmovups" : (extensions[storage] as Mnemonic),
      { width: s.bitsOf(node.type) },
      to(result),
      at,
    );
};

const readSplat: Rule = (s, node) => {
  const storage = storageOf(node);
  if (storage === "f16") {
    splatHalf(s, node);
    return;
  }
  const at = { ...s.address(node), broadcast: false };
  if (widthOf(storage) === 4) {
    s.op("vbroadcastss", { width: s.bitsOf(node.type) }, to(s.define(node)), at);
    return;
  }
  const element = s.builder.vreg("gpr");
  loadScalar(s, storage, element, at);
  s.alias(node, splatInteger(s, node.type, element));
};

/** The mask of the first lanes, as many as a general register says. */
function firstLanes(s: Selector, count: Node): number {
  return s.once(count, () => {
    const amount = s.valueOf(count);
    if (s.target.evex) {
      const [bits, mask] = [s.builder.vreg("gpr"), s.builder.vreg("mask")];
      s.op("bzhi", { width: 32 }, to(bits), from(s.integer(-1)), from(amount));
      s.op("kmovw", {}, to(mask), from(bits));
      return mask;
    }
    const counts = splatInteger(s, "vec i32", amount);
    const mask = s.builder.vreg("vec");
    s.op("vpcmpgtd", { width: 256 }, to(mask), from(counts), s.place(s.iota()));
    return mask;
  });
}

/** The first halves of memory. Converted while they are read, the others might be touched. */
function firstHalves(s: Selector, node: Node, count: Node): number {
  if (!s.target.evex) return readPieces(s, node, count);
  const mask = firstLanes(s, count);
  const halves = s.builder.vreg("vec");
  s.op("vmovdqu16", { width: s.bitsOf(node.type) / 2, mask, zeroing: true }, to(halves), s.address(node));
  return halves;
}

const readFirst: Rule = (s, node) => {
  const storage = storageOf(node);
  const [, count] = node.args as [Node, Node];
  const width = s.bitsOf(node.type);
  if (storage === "f16") widenHalves(s, node, firstHalves(s, node, count));
  else if (s.target.evex) {
    const mask = firstLanes(s, count);
    const mnemonic = isDirect(node) ? "vmovups" : (extensions[storage] as Mnemonic);
    const at = s.address(node);
    s.op(mnemonic, { width, mask, zeroing: true }, to(s.define(node)), at);
  } else if (isDirect(node)) {
    const mask = from(firstLanes(s, count));
    const at = s.address(node);
    s.op("vmaskmovps", { width }, to(s.define(node)), mask, at);
  } else {
    const pieces = readPieces(s, node, count);
    s.op(extensions[storage] as Mnemonic, { width }, to(s.define(node)), from(pieces));
  }
};

/** The low bits of 32-bit lanes, side by side from the register's start. */
function narrowed(s: Selector, value: number, { bits, bytes }: { bits: number; bytes: number }): number {
  const pattern = Uint8Array.from({ length: 16 }, (_, i) => {
    const lane = Math.floor(i / bytes);
    return lane < 4 ? 4 * lane + (i % bytes) : 0x80;
  });
  const table = bits === 256 ? Uint8Array.from([...pattern, ...pattern]) : pattern;
  const packed = s.builder.vreg("vec");
  s.op("vpshufb", { width: bits }, to(packed), from(value), s.place(s.bytes(table)));
  if (bits === 128) return packed;
  const result = s.builder.vreg("vec");
  if (bytes === 2) {
    s.op("vpermq", { width: 256 }, to(result), from(packed), 0b1000);
    return result;
  }
  const upper = s.builder.vreg("vec");
  s.op("vextracti128", {}, to(upper), from(packed), 1);
  s.op("vpunpckldq", { width: 128 }, to(result), from(packed), from(upper));
  return result;
}

/** The store for the low bytes of a vector register. */
function storeBytes(s: Selector, at: Argument, { value, bytes }: { value: number; bytes: number }): void {
  if (bytes === 16) s.op("vmovups", { width: 128 }, at, from(value));
  else s.op(bytes === 8 ? "vmovq" : "vmovd", {}, at, from(value));
}

function writeScalar(s: Selector, node: Node): void {
  const [, value] = node.args as [Node, Node];
  const storage = storageOf(node);
  const source = from(s.valueOf(value));
  const at = s.address(node);
  if (value.type === "f32") s.op("vmovss", {}, at, source);
  else s.op("mov", { width: 8 * widthOf(storage) }, at, source);
}

const write: Rule = (s, node) => {
  const [, value] = node.args as [Node, Node];
  const storage = storageOf(node);
  if (storage === "f16") {
    writeHalves(s, value, s.address(node));
    return;
  }
  if (formOf(value.type) === "scalar") {
    writeScalar(s, node);
    return;
  }
  const bits = s.bitsOf(value.type);
  const source = s.valueOf(value);
  const bytes = widthOf(storage);
  const at = s.address(node);
  if (isDirect({ ...node, type: value.type })) s.op("vmovups", { width: bits }, at, from(source));
  else if (s.target.evex) s.op(truncations[bytes] as Mnemonic, { width: bits }, at, from(source));
  else storeBytes(s, at, { value: narrowed(s, source, { bits, bytes }), bytes: (bits * bytes) / 32 });
};

/** The first lanes as f16. */
function writeFirstHalves(s: Selector, node: Node): void {
  const [, value, count] = node.args as [Node, Node, Node];
  const halves = narrowToHalves(s, value);
  if (!s.target.evex) {
    writePieces(s, node, { count, value: halves });
    return;
  }
  const mask = firstLanes(s, count);
  s.op("vmovdqu16", { width: s.bitsOf(value.type) / 2, mask }, s.address(node), from(halves));
}

const writeFirst: Rule = (s, node) => {
  const [, value, count] = node.args as [Node, Node, Node];
  const storage = storageOf(node);
  if (storage === "f16") {
    writeFirstHalves(s, node);
    return;
  }
  const width = s.bitsOf(value.type);
  const source = s.valueOf(value);
  const bytes = widthOf(storage);
  const direct = isDirect({ ...node, type: value.type });
  if (s.target.evex) {
    const mask = firstLanes(s, count);
    const mnemonic = direct ? "vmovups" : (truncations[bytes] as Mnemonic);
    s.op(mnemonic, { width, mask }, s.address(node), from(source));
  } else if (direct) {
    const mask = from(firstLanes(s, count));
    s.op("vmaskmovps", { width }, s.address(node), mask, from(source));
  } else writePieces(s, node, { count, value: narrowed(s, source, { bits: width, bytes }) });
};

export const memoryRules = { read, readSplat, readFirst, write, writeFirst } satisfies Partial<Record<string, Rule>>;
